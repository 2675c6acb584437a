/**
 * Parses what `git diff-tree -r --raw -z --no-abbrev` prints for two trees: one entry for each changed file, told from the trees
 * alone. Source: gitformat of git-diff-tree(1), "RAW OUTPUT FORMAT".
 */

/** One changed file. */
export interface ChangedEntry {
  /** As git has it; bytes that are no UTF-8 are replaced. */
  readonly path: string;
  /** The contents before and after, without those that are commits of submodules or do not exist. */
  readonly blobIds: readonly string[];
}

const ENTRY =
  /^:(?<beforeMode>[0-7]{6}) (?<afterMode>[0-7]{6}) (?<before>[0-9a-f]{40}|[0-9a-f]{64}) (?<after>[0-9a-f]{40}|[0-9a-f]{64}) (?<status>[A-Z])\d*$/u;
const SUBMODULE = '160000';
const ABSENT = '000000';
/** A rename or copy has two paths, and the second one is the file's now. */
const TWO_PATHS: ReadonlySet<string> = new Set(['R', 'C']);

/** `undefined` where the bytes are no such output. */
export function parseRawDiff(output: Uint8Array): readonly ChangedEntry[] | undefined {
  const parts = Buffer.from(output).toString('utf8').split('\0');
  // Every part ends with NUL.
  if (parts.pop() !== '') return undefined;
  const entries: ChangedEntry[] = [];
  const rest = parts.values();
  for (const part of rest) {
    const fields = ENTRY.exec(part)?.groups;
    if (fields === undefined) return undefined;
    const { beforeMode = '', afterMode = '', before = '', after = '', status = '' } = fields;
    if (TWO_PATHS.has(status)) rest.next();
    const path = rest.next().value;
    if (path === undefined || path === '') return undefined;
    const sides = [
      [beforeMode, before],
      [afterMode, after],
    ] as const;
    const blobIds = sides.flatMap(([mode, id]) =>
      mode === SUBMODULE || mode === ABSENT ? [] : id,
    );
    entries.push({ path, blobIds });
  }
  return entries;
}
