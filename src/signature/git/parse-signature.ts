/**
 * Splits an object into what was signed and its signature, as git does (commit.c `parse_buffer_signed_by_header`,
 * gpg-interface.c `parse_signature`).
 *
 * The signed bytes of a commit are the object without its `gpgsig` and `gpgsig-sha256` headers. `mergetag` and `encoding` are
 * signed: the signature inside a mergetag is somebody else's, and never counts for the commit. A tag's signature is the last
 * armored block of its message; a signature header of a tag is for the other hash algorithm.
 */
import type { Parsed } from '../parsed.ts';
import { parsed } from '../parsed.ts';
import { rejected } from '../verification.ts';
import { classifySignature, type SignatureFormat } from './classify-signature.ts';
import type { HashAlgorithm, ObjectKind } from './compute-object-id.ts';
import type { Header, ObjectParts } from './parse-headers.ts';

/** A signature block that was found; nothing about it has been verified. */
export type FoundSignature =
  | {
      readonly status: 'none';
      /** The header of the other hash algorithm, where the object has one: it signs other bytes. */
      readonly otherHeader?: string | undefined;
    }
  | { readonly status: 'several'; readonly count: number }
  | {
      readonly status: 'one';
      /** `undefined`: armor that no known format begins with. */
      readonly format: SignatureFormat | undefined;
      readonly payload: Buffer;
      readonly signature: Buffer;
    };

export interface SplitOptions {
  readonly kind: ObjectKind;
  readonly algorithm: HashAlgorithm;
}

const OWN_HEADER: Readonly<Record<HashAlgorithm, string>> = {
  sha1: 'gpgsig',
  sha256: 'gpgsig-sha256',
};
const SIGNATURE_HEADERS = new Set(Object.values(OWN_HEADER));
const LF = 0x0a;

/** Finds the signature of an object whose headers were read. */
export function parseSignature(
  object: Buffer,
  { headers, messageStart }: ObjectParts,
  { kind, algorithm }: SplitOptions,
): Parsed<FoundSignature> {
  const signing = headers.filter(({ name }) => name.startsWith('gpgsig'));
  const strange = signing.find((header) => !header.hasValue || !SIGNATURE_HEADERS.has(header.name));
  if (strange !== undefined) {
    // git leaves every header that begins so out of the signed bytes: anybody could add what they like.
    return rejected(
      'malformed_object',
      `The header "${strange.name}" begins like a signature and is none that git defines`,
    );
  }
  return kind === 'commit'
    ? splitCommit(object, signing, OWN_HEADER[algorithm])
    : splitTag(object, signing, messageStart);
}

function splitCommit(
  object: Buffer,
  signing: readonly Header[],
  ownHeader: string,
): Parsed<FoundSignature> {
  const [own, ...more] = signing.filter(({ name }) => name === ownHeader);
  if (own === undefined) return parsed({ status: 'none', otherHeader: signing[0]?.name });
  // git joins their values, and verifiers differ in which of them they look at.
  if (more.length > 0) return parsed({ status: 'several', count: more.length + 1 });
  return parsed({
    status: 'one',
    format: classifySignature(own.value),
    payload: without(object, signing),
    signature: own.value,
  });
}

function splitTag(
  object: Buffer,
  signing: readonly Header[],
  messageStart: number,
): Parsed<FoundSignature> {
  const start = findLastArmor(object, messageStart);
  if (start === undefined) return parsed({ status: 'none', otherHeader: signing[0]?.name });
  const signature = object.subarray(start);
  return parsed({
    status: 'one',
    format: classifySignature(signature),
    payload: without(object.subarray(0, start), signing),
    signature,
  });
}

/** Where the last line begins that begins like an armor; blocks before it are text that was signed. */
function findLastArmor(object: Buffer, messageStart: number): number | undefined {
  let found: number | undefined;
  let at = messageStart;
  while (at < object.length) {
    if (classifySignature(object.subarray(at)) !== undefined) found = at;
    const lineEnd = object.indexOf(LF, at);
    at = lineEnd === -1 ? object.length : lineEnd + 1;
  }
  return found;
}

function without(object: Buffer, headers: readonly Header[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { start, end } of headers) {
    parts.push(object.subarray(at, start));
    at = end;
  }
  parts.push(object.subarray(at));
  return Buffer.concat(parts);
}
