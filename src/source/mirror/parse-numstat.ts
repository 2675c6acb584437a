/** Parses what `git diff-tree -r --numstat -z` prints for two trees: the lines of each changed file. Source: git-diff-tree(1), "OTHER DIFF FORMATS". */

/** The lines that changed in one file. */
export interface ChangedFile {
  /** As git has it; bytes that are no UTF-8 are replaced. */
  readonly path: string;
  /** `null` for what git does not count: a binary file, or one that is too large. */
  readonly linesAdded: number | null;
  readonly linesDeleted: number | null;
}

const COUNTS = /^(?:(?<added>\d{1,15})\t(?<deleted>\d{1,15})|-\t-)\t(?<path>[^]*)$/u;

/** `undefined` where the bytes are no such output. */
export function parseNumstat(output: Uint8Array): readonly ChangedFile[] | undefined {
  const parts = Buffer.from(output).toString('utf8').split('\0');
  // Every part ends with NUL.
  if (parts.pop() !== '') return undefined;
  const files: ChangedFile[] = [];
  const rest = parts.values();
  for (const part of rest) {
    const counts = COUNTS.exec(part)?.groups;
    if (counts === undefined) return undefined;
    // A renamed file has an empty path here, and its two names behind.
    const isRenamed = counts['path'] === '';
    if (isRenamed) rest.next();
    const path = isRenamed ? rest.next().value : counts['path'];
    if (path === undefined || path === '') return undefined;
    files.push({
      path,
      linesAdded: readCount(counts['added']),
      linesDeleted: readCount(counts['deleted']),
    });
  }
  return files;
}

function readCount(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}
