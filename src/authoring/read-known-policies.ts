/** What the policies that a configuration is for declare of themselves, without compiling anything. */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { parseYaml } from '../base/parse-yaml.ts';
import { HoldfastError } from '../errors.ts';
import { customSchema } from '../policy/descriptor-schema.ts';
import type { KnownPolicy } from '../policy/find-setting-problems.ts';
import { findPackagedBundle, loadBundle } from '../policy/load-bundle.ts';
import { readBundleSource } from './bundle-source.ts';
import { DEFAULT_SOURCE_FOLDER } from './ensure-bundle.ts';

/**
 * Of the bundle that is named, else of those that come with Holdfast; `undefined` where neither is there, as in an image without
 * its bundle. Throws a `HoldfastError` for a bundle that is damaged.
 */
export async function readKnownPolicies(
  bundle: string | undefined,
  sourceFolder: string = DEFAULT_SOURCE_FOLDER,
): Promise<readonly KnownPolicy[] | undefined> {
  const folder = bundle !== undefined && existsSync(bundle) ? bundle : findPackagedBundle();
  if (folder !== undefined) return (await loadBundle(folder)).manifest.policies;
  if (!existsSync(sourceFolder)) return undefined;
  const { policies } = await readBundleSource(sourceFolder);
  return policies.map(({ name, file, text }) => ({ name, ...readCustom(file, text) }));
}

const metadataSchema = z.object({ custom: customSchema });

/** A METADATA block is YAML in the comment lines above the package. Source: OPA documentation, "Annotations". */
function readCustom(file: string, text: string): z.output<typeof customSchema> {
  const lines = text.split('\n');
  const first = lines.indexOf('# METADATA') + 1;
  const end = lines.findIndex((line, index) => index >= first && !line.startsWith('#'));
  const block = lines.slice(first, end).map((line) => line.replace(/^# ?/u, ''));
  const parsed = parseYaml(block.join('\n'), { dialect: 'strict', aliasesMax: 0 });
  const metadata = metadataSchema.safeParse(parsed.ok ? parsed.documents[0]?.value : undefined);
  if (metadata.success) return metadata.data.custom;
  throw new HoldfastError('policy_source_invalid', `The METADATA block of ${file} cannot be read`);
}
