/**
 * The list of the npm packages that Holdfast ships with, as CycloneDX 1.5.
 *
 * `npm sbom` makes it. With `--omit=dev` npm 11 leaves out every package that a development tool uses, too (zod, yaml), so
 * that the whole tree is asked for, and what the lock file marks as development is taken out here.
 * Source: cyclonedx.org "CycloneDX v1.5 JSON Reference"; docs.npmjs.com "package-lock.json", `dev`.
 */
import { z } from 'zod';

const componentSchema = z.looseObject({
  'bom-ref': z.string(),
  type: z.string(),
  name: z.string(),
  version: z.string(),
  purl: z.string(),
});
const sbomSchema = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string(),
  metadata: z.looseObject({ component: componentSchema }),
  components: z.array(componentSchema),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});
const lockSchema = z.looseObject({
  name: z.string(),
  packages: z.record(
    z.string(),
    z.looseObject({
      name: z.string().optional(),
      version: z.string().optional(),
      dev: z.boolean().optional(),
    }),
  ),
});

export type Sbom = z.infer<typeof sbomSchema>;

/** `name@version` of every package that is not for development alone. */
export function listShippedPackages(lock: unknown): ReadonlySet<string> {
  const { packages } = lockSchema.parse(lock);
  return new Set(
    Object.entries(packages)
      .filter(([path, { dev }]) => path !== '' && dev !== true)
      .map(([path, { name, version }]) => {
        const folder = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
        return `${name ?? folder}@${version ?? ''}`;
      }),
  );
}

/** @param document what `npm sbom` prints for the whole tree */
export function planSbom(document: unknown, lock: unknown): Sbom {
  const sbom = sbomSchema.parse(document);
  const shipped = listShippedPackages(lock);
  const { component } = sbom.metadata;
  const isShipped = (ref: string): boolean => shipped.has(ref) || ref === component['bom-ref'];
  return {
    ...sbom,
    // npm takes the name of the folder.
    metadata: {
      ...sbom.metadata,
      component: { ...component, type: 'application', name: lockSchema.parse(lock).name },
    },
    components: sbom.components.filter((one) => isShipped(`${one.name}@${one.version}`)),
    dependencies: sbom.dependencies
      .filter(({ ref }) => isShipped(ref))
      .map(({ ref, dependsOn, ...rest }) => ({
        ...rest,
        ref,
        dependsOn: dependsOn.filter(isShipped),
      })),
  };
}
