/**
 * Changes a kustomization as the parameters of an Application say, the way Argo CD does with `kustomize edit`.
 * Sources: argo-cd util/kustomize Build; kustomize/commands/edit.
 */
import { isRecord } from '../../base/is-record.ts';
import type { Fields } from '../manifest/type-schema.ts';
import type { KustomizeParameters } from '../parse-render-parameters.ts';
import { expandVariables } from './application-environment.ts';
import type { ApplicationEnvironment } from './application-environment.ts';

export type EditedKustomization =
  | { readonly ok: true; readonly kustomization: Fields }
  | { readonly ok: false; readonly reason: string };

/** Whether the parameters change anything. */
export function editsKustomization(parameters: KustomizeParameters): boolean {
  const { namePrefix, nameSuffix, namespace, images, replicas, patches, components } = parameters;
  return (
    [namePrefix, nameSuffix, namespace].some((text) => text !== '') ||
    [images, replicas, patches, components].some((list) => list.length > 0) ||
    Object.keys(parameters.commonLabels).length > 0 ||
    Object.keys(parameters.commonAnnotations).length > 0
  );
}

/** The changed kustomization; a label that is there already is refused unless it is forced, as by kustomize. */
export function editKustomization(
  kustomization: Fields,
  parameters: KustomizeParameters,
  environment: ApplicationEnvironment,
): EditedKustomization {
  const edited = { ...kustomization, ...namesOf(parameters) };
  const { images, replicas, patches, components } = parameters;
  const lists = {
    ...(images.length > 0 && {
      images: setImages(
        kustomization['images'],
        images.map((image) => expandVariables(image, environment)),
      ),
    }),
    ...(replicas.length > 0 && { replicas: setReplicas(kustomization['replicas'], parameters) }),
    ...(patches.length > 0 && { patches: [...listOf(kustomization['patches']), ...patches] }),
    ...(components.length > 0 && {
      components: [...new Set([...listOf(kustomization['components']), ...components])],
    }),
  };
  const labels = addLabels(kustomization, parameters, environment);
  if (!labels.ok) return labels;
  const annotations = addAnnotations(kustomization, parameters, environment);
  if (!annotations.ok) return annotations;
  return {
    ok: true,
    kustomization: { ...edited, ...lists, ...labels.kustomization, ...annotations.kustomization },
  };
}

function namesOf({ namePrefix, nameSuffix, namespace }: KustomizeParameters): Fields {
  return {
    ...(namePrefix !== '' && { namePrefix }),
    ...(nameSuffix !== '' && { nameSuffix }),
    ...(namespace !== '' && { namespace }),
  };
}

/** `name=new:tag@digest`, `name:tag`, `name@digest`. An image replaces the entry of its name. */
function setImages(present: unknown, images: readonly string[]): readonly unknown[] {
  const entries = new Map(listOf(present).map((entry) => [nameOf(entry), entry]));
  for (const image of images) {
    const equals = image.indexOf('=');
    const parsed = parseImage(equals === -1 ? image : image.slice(equals + 1));
    const name = equals === -1 ? parsed.name : image.slice(0, equals);
    entries.set(name, {
      name,
      ...(equals !== -1 && parsed.name !== '' && { newName: parsed.name }),
      ...(parsed.tag !== undefined && { newTag: parsed.tag }),
      ...(parsed.digest !== undefined && { digest: parsed.digest }),
    });
  }
  return [...entries.values()];
}

function parseImage(image: string) {
  const [named = '', digest] = image.split('@');
  const colon = named.lastIndexOf(':');
  // A colon before a slash is the port of a registry.
  const hasTag = colon > named.lastIndexOf('/');
  return {
    name: hasTag ? named.slice(0, colon) : named,
    tag: hasTag ? named.slice(colon + 1) : undefined,
    digest,
  };
}

function setReplicas(present: unknown, { replicas }: KustomizeParameters): readonly unknown[] {
  const entries = new Map(listOf(present).map((entry) => [nameOf(entry), entry]));
  for (const { name, count } of replicas) entries.set(name, { name, count: Number(count) });
  return [...entries.values()];
}

function addLabels(
  kustomization: Fields,
  parameters: KustomizeParameters,
  environment: ApplicationEnvironment,
): EditedKustomization {
  const { commonLabels, forceCommonLabels, labelWithoutSelector, labelIncludeTemplates } =
    parameters;
  const pairs = mapValues(commonLabels, (value) => expandVariables(value, environment));
  if (Object.keys(pairs).length === 0) return { ok: true, kustomization: {} };
  if (!labelWithoutSelector) {
    return addPairs(kustomization, 'commonLabels', { pairs, isForced: forceCommonLabels });
  }
  const entry = { pairs, includeSelectors: false, includeTemplates: labelIncludeTemplates };
  return { ok: true, kustomization: { labels: [...listOf(kustomization['labels']), entry] } };
}

function addAnnotations(
  kustomization: Fields,
  parameters: KustomizeParameters,
  environment: ApplicationEnvironment,
): EditedKustomization {
  const { commonAnnotations, commonAnnotationsEnvsubst, forceCommonAnnotations } = parameters;
  const pairs = mapValues(commonAnnotations, (value) =>
    commonAnnotationsEnvsubst ? expandVariables(value, environment) : value,
  );
  return addPairs(kustomization, 'commonAnnotations', { pairs, isForced: forceCommonAnnotations });
}

function addPairs(
  kustomization: Fields,
  field: string,
  { pairs, isForced }: { readonly pairs: Fields; readonly isForced: boolean },
): EditedKustomization {
  const present = isRecord(kustomization[field]) ? kustomization[field] : {};
  const twice = Object.keys(pairs).find((key) => Object.hasOwn(present, key));
  if (twice !== undefined && !isForced) {
    return {
      ok: false,
      reason: `${field} of the kustomization has "${twice}" already, and it is not forced`,
    };
  }
  if (Object.keys(pairs).length === 0) return { ok: true, kustomization: {} };
  return { ok: true, kustomization: { [field]: { ...present, ...pairs } } };
}

function mapValues(
  texts: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, change(value)]));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function nameOf(entry: unknown): string {
  return isRecord(entry) ? String(entry['name']) : '';
}
