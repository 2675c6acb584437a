/** The objects in a file of manifests, as Argo CD and kubectl read it: several documents, and lists expanded. */
import { isRecord } from '../../base/is-record.ts';
import { parseYaml } from '../../base/parse-yaml.ts';
import type { Fields } from './type-schema.ts';

export interface ManifestLimits {
  /** Anchors that are repeated; more is an attack on the parser. */
  readonly aliasesMax: number;
  readonly objectsMax: number;
}

export type ParsedManifests =
  | { readonly ok: true; readonly manifests: readonly Fields[] }
  | { readonly ok: false; readonly reason: string };

/** A file in which nothing looks like a manifest (the values of a chart) has none; a damaged manifest is a fault. */
export function parseManifests(text: string, limits: ManifestLimits): ParsedManifests {
  const parsed = parseYaml(text, { dialect: 'kubernetes', aliasesMax: limits.aliasesMax });
  if (!parsed.ok) {
    if (!looksLikeManifest(text)) return { ok: true, manifests: [] };
    const reasons = parsed.faults.map(({ line, message }) => `line ${line}: ${message}`);
    return { ok: false, reason: reasons.slice(0, 1).join('') };
  }
  const manifests: Fields[] = [];
  for (const { value } of parsed.documents) {
    if (value === null || value === undefined) continue;
    const objects = expand(value);
    if (objects === undefined) {
      if (!looksLikeManifest(text)) return { ok: true, manifests: [] };
      return { ok: false, reason: 'a document is no object with apiVersion and kind' };
    }
    manifests.push(...objects);
    if (manifests.length > limits.objectsMax) {
      return { ok: false, reason: `more than ${limits.objectsMax} objects` };
    }
  }
  return { ok: true, manifests };
}

/** The test of Argo CD for a file that it cannot read. Source: argo-cd reposerver/repository getObjsFromYAMLOrJson. */
function looksLikeManifest(text: string): boolean {
  return (
    /^[ \t]*["']?apiVersion["']?:/mu.test(text) &&
    /^[ \t]*["']?kind["']?:/mu.test(text) &&
    /^[ \t]*["']?metadata["']?:/mu.test(text)
  );
}

/** `undefined` for what is no object. A `List` has items that are objects; lists in lists are not read by the tools. */
function expand(value: unknown): readonly Fields[] | undefined {
  if (!isRecord(value) || typeof value['kind'] !== 'string') return undefined;
  if (typeof value['apiVersion'] !== 'string') return undefined;
  const { items } = value;
  if (!Array.isArray(items)) {
    // A list that is empty: `items: null`.
    return 'items' in value && value['kind'].endsWith('List') ? [] : [value];
  }
  return items.every(isObject) ? items : undefined;
}

function isObject(value: unknown): value is Fields {
  return (
    isRecord(value) && typeof value['kind'] === 'string' && typeof value['apiVersion'] === 'string'
  );
}
