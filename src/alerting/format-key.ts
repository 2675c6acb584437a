/** Deduplication keys: the same for one cause on every replica, before and after a restart. */
import { createHash } from 'node:crypto';

export interface CauseOfIncident {
  readonly cluster: string;
  /** `group/resource/namespace/name`; `policy/NAME` or `*` if it is not about a single object. */
  readonly object: string;
  /** Empty if it is not about a single actor. */
  readonly actor: string;
  readonly class: string;
}

/**
 * SHA-256 in lower-case hexadecimal of the JSON array of a version, cluster, object, actor and class: an array, so that
 * crafted names cannot make two causes collide.
 */
export function formatKey({ cluster, object, actor, class: kind }: CauseOfIncident): string {
  return hash(['holdfast-incident/1', cluster, object, actor, kind]);
}

/** Attempts of one group are one incident while it is open: those of one actor and class, whatever the object. */
export function formatGroup(parts: readonly string[]): string {
  return hash(['holdfast-group/1', ...parts]);
}

/** The key of a deployment's change event. */
export function formatChangeKey(cluster: string, parts: readonly string[]): string {
  return hash(['holdfast-change/1', cluster, ...parts]);
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
