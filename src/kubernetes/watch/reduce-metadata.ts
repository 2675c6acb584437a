/**
 * Reduces objects to the metadata that the cache keeps: enough to determine who owns an object, and none of its
 * content.
 *
 * Most of an object's metadata is managedFields, and most of those are paths. Only the managers' names are kept, and
 * each combination of names is shared by all objects.
 */
import { isRecord } from '../../base/is-record.ts';
import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from '../object.ts';
import type { KubernetesObject } from '../object.ts';
import type { ClaimedObject } from '../lookup/parse-claims.ts';
import type { ScalerSpec } from '../lookup/parse-scaler.ts';

/** An object as the cache has it. The last three are for the few kinds that say something of others. */
export interface CachedObject extends ObjectMeta {
  readonly scaler?: ScalerSpec | undefined;
  readonly claimed?: readonly ClaimedObject[] | undefined;
  /** `spec.selector` of a workload, as it is stored; `too large` for one that is not kept. */
  readonly selector?: Readonly<Record<string, unknown>> | 'too large' | undefined;
}

/** Says which labels and annotations can be marks. */
export type KeyTest = (key: string) => boolean;

/**
 * Marks are short. A longer one is not cached, so that an attacker cannot fill our memory: the object is
 * looked up each time.
 */
const TEXT_CHARS_MAX = 4096;
const OWNERS_MAX = 32;
const MANAGERS_MAX = 64;
/** Interned strings: namespaces, kinds, applications. */
const POOL_TEXTS_MAX = 20_000;

/** Reduces objects, and shares equal values between them. */
export class MetadataReducer {
  readonly #keeps: KeyTest;
  readonly #texts = new Map<string, string>();
  readonly #managers = new Map<string, readonly ManagedFieldsEntry[]>();

  constructor(keeps: KeyTest) {
    this.#keeps = keeps;
  }

  /** `undefined` if the object exceeds the limits of the cache. */
  keep({ metadata }: KubernetesObject): CachedObject | undefined {
    const { name, generateName, namespace, uid, resourceVersion, deletionTimestamp } =
      metadata ?? {};
    const labels = this.#keepTexts(metadata?.labels);
    const annotations = this.#keepTexts(metadata?.annotations);
    const owners = metadata?.ownerReferences ?? [];
    const managers = metadata?.managedFields ?? [];
    if (labels === undefined || annotations === undefined) return undefined;
    if (owners.length > OWNERS_MAX || managers.length > MANAGERS_MAX) return undefined;
    return {
      name,
      uid,
      resourceVersion,
      ...(namespace !== undefined && { namespace: this.#shared(namespace) }),
      // Argo CD's marks refer to it where Git declares no name.
      ...(generateName !== undefined &&
        annotations !== NONE && { generateName: this.#shared(generateName) }),
      ...(typeof deletionTimestamp === 'string' && { deletionTimestamp }),
      ...(labels !== NONE && { labels }),
      ...(annotations !== NONE && { annotations }),
      ...(owners.length > 0 && { ownerReferences: owners.map((owner) => this.#keepOwner(owner)) }),
      ...(managers.length > 0 && { managedFields: this.#keepManagers(managers) }),
    };
  }

  #keepTexts(texts: ObjectMeta['labels']): Readonly<Record<string, string>> | undefined {
    const kept: Record<string, string> = {};
    let chars = -1;
    for (const [key, text] of Object.entries(texts ?? {})) {
      if (!this.#keeps(key)) continue;
      chars += key.length + text.length;
      if (chars > TEXT_CHARS_MAX) return undefined;
      kept[key] = this.#shared(text);
    }
    return chars === -1 ? NONE : kept;
  }

  #keepOwner({ apiVersion, kind, name, uid, controller }: OwnerReference): OwnerReference {
    const shared = { apiVersion: this.#shared(apiVersion), kind: this.#shared(kind) };
    return { ...shared, name, uid: this.#shared(uid), ...(controller === true && { controller }) };
  }

  #keepManagers(entries: readonly ManagedFieldsEntry[]): readonly ManagedFieldsEntry[] {
    const kept = entries.map(({ manager, operation, apiVersion, subresource }) => ({
      manager,
      operation,
      apiVersion,
      ...(subresource !== undefined && { subresource }),
    }));
    const key = JSON.stringify(kept);
    const known = this.#managers.get(key);
    if (known !== undefined) return known;
    forgetIfFull(this.#managers);
    this.#managers.set(key, kept);
    return kept;
  }

  #shared(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    forgetIfFull(this.#texts);
    this.#texts.set(text, text);
    return text;
  }
}

/** The selector of a workload; absent where it has none. */
export function keepSelector({ spec }: KubernetesObject): CachedObject['selector'] {
  const selector = isRecord(spec) ? spec['selector'] : undefined;
  if (!isRecord(selector)) return undefined;
  return JSON.stringify(selector).length > TEXT_CHARS_MAX ? 'too large' : selector;
}

const NONE: Readonly<Record<string, string>> = {};

// Objects keep strings that are dropped here; only later objects no longer share them.
function forgetIfFull(pool: Map<string, unknown>): void {
  if (pool.size >= POOL_TEXTS_MAX) pool.clear();
}
