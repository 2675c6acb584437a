/** Parses a tree object of git: the names of one folder. Source: git-fsck(1), "Git Internals - Git Objects". */

export interface TreeEntry {
  readonly kind: 'folder' | 'file' | 'link' | 'submodule';
  readonly name: string;
  readonly objectId: string;
}

export type ParsedTree =
  | { readonly ok: true; readonly entries: readonly TreeEntry[] }
  | { readonly ok: false; readonly reason: string };

const SPACE = 0x20;
/** `40000 ` to `100644 `. */
const MODE_BYTES_MAX = 7;
/** The kernel's own limit of a name. */
const NAME_BYTES_MAX = 255;

const KINDS: ReadonlyMap<string, TreeEntry['kind']> = new Map([
  ['40000', 'folder'],
  ['100644', 'file'],
  ['100755', 'file'],
  // Written by git of long ago.
  ['100664', 'file'],
  ['120000', 'link'],
  ['160000', 'submodule'],
]);

/** @param idBytes of a raw object id: 20 or 32. */
export function parseTreeObject(bytes: Uint8Array, idBytes: number): ParsedTree {
  const entries: TreeEntry[] = [];
  const names = new Set<string>();
  for (let at = 0; at < bytes.byteLength;) {
    const space = bytes.subarray(at, at + MODE_BYTES_MAX).indexOf(SPACE);
    const end = bytes.indexOf(0, at);
    const next = end + 1 + idBytes;
    if (space < 0 || end < at + space || next > bytes.byteLength) return malformed();
    const kind = KINDS.get(Buffer.from(bytes.subarray(at, at + space)).toString('latin1'));
    const name = readName(bytes.subarray(at + space + 1, end));
    if (kind === undefined || name === undefined) return malformed();
    // Twice the same name: a link, and a file that would be written through it.
    if (names.has(name)) return malformed();
    names.add(name);
    entries.push({
      kind,
      name,
      objectId: Buffer.from(bytes.subarray(end + 1, next)).toString('hex'),
    });
    at = next;
  }
  return { ok: true, entries };
}

/** One step of a path, in UTF-8: it can neither leave its folder nor be two steps. */
function readName(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength === 0 || bytes.byteLength > NAME_BYTES_MAX) return undefined;
  const name = Buffer.from(bytes).toString('utf8');
  if (!Buffer.from(name).equals(bytes)) return undefined;
  const isStep = name !== '.' && name !== '..' && !name.includes('/');
  return isStep && name.toLowerCase() !== '.git' ? name : undefined;
}

function malformed(): ParsedTree {
  return { ok: false, reason: 'a folder of the commit is malformed' };
}
