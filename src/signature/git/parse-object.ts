/**
 * Commits and annotated tags from their raw bytes (`git cat-file commit`), as strict as `git fsck`: where programs could read
 * two objects in the same bytes, there is none.
 */
import { SIGNATURE_LIMITS } from '../settings.ts';
import type { Parsed } from '../parsed.ts';
import { parsed } from '../parsed.ts';
import { rejected, type Rejected } from '../verification.ts';
import { computeObjectId, type HashAlgorithm, type ObjectKind } from './compute-object-id.ts';
import { parseHeaders, type Header } from './parse-headers.ts';
import { decodeText, parseIdentity, type Identity } from './parse-identity.ts';
import { parseSignature, type FoundSignature } from './parse-signature.ts';
import { parseTrailers, type Trailer } from './parse-trailers.ts';

interface ObjectFields {
  /** Computed from the bytes: lower-case hexadecimal, 40 or 64 digits. */
  readonly id: string;
  readonly algorithm: HashAlgorithm;
  readonly signature: FoundSignature;
  readonly message: string;
}

export interface GitCommit extends ObjectFields {
  readonly kind: 'commit';
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Identity;
  readonly committer: Identity;
  readonly trailers: readonly Trailer[];
}

export interface GitTag extends ObjectFields {
  readonly kind: 'tag';
  /** The id and the kind of the object that is tagged. */
  readonly target: string;
  readonly targetKind: string;
  readonly name: string;
  /** Absent in tags from before 2005. */
  readonly tagger: Identity | undefined;
}

export type GitObject = GitCommit | GitTag;

export interface ParseObjectOptions {
  readonly kind: ObjectKind;
  readonly algorithm: HashAlgorithm;
}

const OBJECT_BYTES_MAX = SIGNATURE_LIMITS['signature.objectBytesMax'].default;
const TRAILERS_MAX = SIGNATURE_LIMITS['signature.trailersMax'].default;
const ID: Readonly<Record<HashAlgorithm, RegExp>> = {
  sha1: /^[0-9a-f]{40}$/u,
  sha256: /^[0-9a-f]{64}$/u,
};

/** Reads an object; what is malformed or too large is rejected with its reason. Never throws. */
export function parseObject(bytes: Uint8Array, options: ParseObjectOptions): Parsed<GitObject> {
  if (bytes.length > OBJECT_BYTES_MAX) {
    return rejected(
      'limit_exceeded',
      `The object has ${bytes.length} bytes, at most ${OBJECT_BYTES_MAX} are read`,
    );
  }
  const object = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts = parseHeaders(object);
  if (parts.status === 'rejected') return parts;
  const { headers, messageStart } = parts.value;
  const signature = parseSignature(object, parts.value, options);
  if (signature.status === 'rejected') return signature;
  const fields: ObjectFields = {
    id: computeObjectId(options.kind, object, options.algorithm),
    algorithm: options.algorithm,
    signature: signature.value,
    message: decodeText(
      object.subarray(messageStart, findMessageEnd(object, signature.value, options)),
    ),
  };
  const reader = new HeaderReader(headers, ID[options.algorithm]);
  return options.kind === 'commit' ? readCommit(reader, fields) : readTag(reader, fields);
}

/** The armored block at the end of a tag is no part of its message. */
function findMessageEnd(
  object: Buffer,
  signature: FoundSignature,
  { kind }: ParseObjectOptions,
): number {
  const isInMessage = kind === 'tag' && signature.status === 'one';
  return isInMessage ? object.length - signature.signature.length : object.length;
}

function readCommit(reader: HeaderReader, fields: ObjectFields): Parsed<GitCommit> {
  const tree = reader.id('tree');
  const parents: string[] = [];
  while (reader.isNext('parent')) parents.push(reader.id('parent'));
  const author = reader.identity('author');
  const committer = reader.identity('committer');
  const fault = reader.finish(['tree', 'parent', 'author', 'committer', 'encoding']);
  if (fault !== undefined) return fault;
  const trailers = parseTrailers(fields.message, TRAILERS_MAX);
  if (trailers.length > TRAILERS_MAX) {
    return rejected('limit_exceeded', `The message has more than ${TRAILERS_MAX} trailers`);
  }
  return parsed({ kind: 'commit', ...fields, tree, parents, author, committer, trailers });
}

function readTag(reader: HeaderReader, fields: ObjectFields): Parsed<GitTag> {
  const target = reader.id('object');
  const targetKind = reader.text('type');
  const name = reader.text('tag');
  const tagger = reader.isNext('tagger') ? reader.identity('tagger') : undefined;
  const fault = reader.finish(['object', 'type', 'tag', 'tagger']);
  if (fault !== undefined) return fault;
  return parsed({ kind: 'tag', ...fields, target, targetKind, name, tagger });
}

const NOBODY: Identity = { name: '', email: '', atMs: 0, zone: '+0000' };

/** Reads the headers that come first in their fixed order, and remembers the first fault. */
class HeaderReader {
  readonly #headers: readonly Header[];
  readonly #idPattern: RegExp;
  #next = 0;
  #fault: string | undefined;

  constructor(headers: readonly Header[], idPattern: RegExp) {
    this.#headers = headers;
    this.#idPattern = idPattern;
  }

  isNext(name: string): boolean {
    return this.#headers[this.#next]?.name === name;
  }

  id(name: string): string {
    const id = this.text(name);
    if (!this.#idPattern.test(id)) {
      this.#fault ??= `its header "${name}" is no object id of this repository`;
    }
    return id;
  }

  identity(name: string): Identity {
    const identity = parseIdentity(this.#take(name));
    if (identity === undefined) {
      this.#fault ??= `its header "${name}" is not "Name <email> seconds zone"`;
    }
    return identity ?? NOBODY;
  }

  text(name: string): string {
    return decodeText(this.#take(name));
  }

  /** The first fault; headers of these names must not come again, as other programs would read the last one. */
  finish(once: readonly string[]): Rejected | undefined {
    const rest = this.#headers.slice(this.#next).map(({ name }) => name);
    const again = rest.find(
      (name, index) => once.includes(name) && (name !== 'encoding' || rest.indexOf(name) !== index),
    );
    if (again !== undefined) {
      this.#fault ??= `its header "${again}" comes twice or in the wrong place`;
    }
    if (this.#fault === undefined) return undefined;
    return rejected('malformed_object', `The object cannot be read: ${this.#fault}`);
  }

  #take(name: string): Buffer {
    const header = this.#headers[this.#next];
    if (header?.name !== name) {
      this.#fault ??= `it has no header "${name}" where git writes it`;
      return Buffer.alloc(0);
    }
    this.#next += 1;
    return header.value;
  }
}
