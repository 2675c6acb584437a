/** The name of a Git object, computed from its bytes. Source: git-scm.com "Git Internals - Git Objects". */
import { createHash } from 'node:crypto';

/** The hash of a repository: `extensions.objectFormat`. */
export type HashAlgorithm = 'sha1' | 'sha256';

/** The kinds of objects that carry signatures. */
export type ObjectKind = 'commit' | 'tag';

/**
 * The object id in lower-case hexadecimal: the hash over `<kind> <length>\0` and the bytes. Whoever delivers an object can
 * deliver another signed one: only an id that was computed here proves that it is the one that was asked for.
 */
export function computeObjectId(
  kind: ObjectKind,
  bytes: Uint8Array,
  algorithm: HashAlgorithm,
): string {
  return createHash(algorithm).update(`${kind} ${bytes.length}\0`).update(bytes).digest('hex');
}
