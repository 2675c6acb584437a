/** Parses the output of `git cat-file --batch`, and computes the object's id again. Source: git-cat-file(1). */
import { createHash } from 'node:crypto';

export type ObjectOutput =
  | { readonly status: 'found'; readonly kind: string; readonly bytes: Uint8Array }
  | { readonly status: 'missing' }
  /** The bytes belong to another id: a damaged disk, or somebody changed the mirror. */
  | { readonly status: 'mismatch'; readonly objectId: string }
  | { readonly status: 'malformed' };

const NEWLINE = 0x0a;
/** `OID SP TYPE SP SIZE`: a header is shorter than this. */
const HEADER_BYTES_MAX = 128;

/** One object: its header, its bytes and a newline. */
export function parseObjectOutput(output: Uint8Array, wantedId: string): ObjectOutput {
  const end = output.subarray(0, HEADER_BYTES_MAX).indexOf(NEWLINE);
  const header = Buffer.from(output.subarray(0, Math.max(end, 0))).toString('latin1');
  if (header === `${wantedId} missing`) return { status: 'missing' };
  const { kind, size } =
    /^[0-9a-f]+ (?<kind>[a-z]+) (?<size>\d{1,15})$/u.exec(header)?.groups ?? {};
  if (kind === undefined || output.byteLength !== end + Number(size) + 2) {
    return { status: 'malformed' };
  }
  const bytes = output.subarray(end + 1, -1);
  const objectId = hashObject(kind, bytes, wantedId.length === 64 ? 'sha256' : 'sha1');
  return objectId === wantedId
    ? { status: 'found', kind, bytes }
    : { status: 'mismatch', objectId };
}

/** The id of an object. Source: gitformat-pack(5) and "Git Internals - Git Objects". */
function hashObject(kind: string, bytes: Uint8Array, algorithm: 'sha1' | 'sha256'): string {
  return createHash(algorithm).update(`${kind} ${bytes.byteLength}\0`).update(bytes).digest('hex');
}
