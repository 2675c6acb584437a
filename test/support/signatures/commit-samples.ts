/** Raw commits and tags as git writes them, signed or not. */

export const TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
export const PARENT = '1111111111111111111111111111111111111111';
export const SIGNED_AT_SECONDS = 1_767_225_600;

export interface CommitSampleOptions {
  readonly parents?: readonly string[];
  /** Lines between committer and message, each with its LF. */
  readonly headers?: string;
  readonly author?: string;
  readonly message?: string;
}

const AUTHOR = `Alice <alice@example.com> ${SIGNED_AT_SECONDS} +0000`;

/** The bytes of a commit without a signature. */
export function makeCommit(options: CommitSampleOptions = {}): Buffer {
  const { parents = [PARENT], headers = '', author = AUTHOR, message = 'Release\n' } = options;
  const lines = parents.map((id) => `parent ${id}\n`).join('');
  return Buffer.from(
    `tree ${TREE}\n${lines}author ${author}\ncommitter ${AUTHOR}\n${headers}\n${message}`,
    'latin1',
  );
}

/** A header whose value goes on over lines: `gpgsig`, `mergetag`. */
export function foldHeader(name: string, value: Buffer | string): string {
  const lines = value.toString().replace(/\n$/u, '').split('\n');
  return `${name} ${lines.join('\n ')}\n`;
}

/** The commit with its signature: what git would store. */
export function signCommit(
  unsigned: Buffer,
  makeSignature: (payload: Buffer) => Buffer,
  header = 'gpgsig',
): Buffer {
  const end = unsigned.indexOf('\n\n');
  return Buffer.concat([
    unsigned.subarray(0, end + 1),
    Buffer.from(foldHeader(header, makeSignature(unsigned))),
    unsigned.subarray(end + 1),
  ]);
}

/** The bytes of an annotated tag without a signature. */
export function makeTag(message = 'v1\n', tagger = `tagger ${AUTHOR}\n`): Buffer {
  return Buffer.from(`object ${PARENT}\ntype commit\ntag v1\n${tagger}\n${message}`);
}
