/** Parses what `git cat-file` prints for several objects. Source: git-cat-file(1), "BATCH OUTPUT". */
import { parseObjectOutput, type ObjectOutput } from './parse-object-output.ts';

const NEWLINE = 0x0a;

export interface ObjectSize {
  readonly objectId: string;
  /** `undefined` for an object that is not there. */
  readonly sizeBytes: number | undefined;
}

/** The lines of `--batch-check`, in the order of the ids; `undefined` if they are not those that were asked for. */
export function parseObjectSizes(
  output: Uint8Array,
  wantedIds: readonly string[],
): readonly ObjectSize[] | undefined {
  const lines = Buffer.from(output).toString('latin1').split('\n');
  const sizes: ObjectSize[] = [];
  for (const [index, objectId] of wantedIds.entries()) {
    const line = lines[index] ?? '';
    const size = /^(?<id>[0-9a-f]+) [a-z]+ (?<size>\d{1,15})$/u.exec(line)?.groups;
    const isMissing = line === `${objectId} missing`;
    if (!isMissing && size?.['id'] !== objectId) return undefined;
    sizes.push({ objectId, sizeBytes: isMissing ? undefined : Number(size?.['size']) });
  }
  return sizes;
}

/** The objects of `--batch`, in the order of the ids, each with its id computed again. */
export function parseObjectBatch(
  output: Uint8Array,
  wanted: readonly ObjectSize[],
): readonly ObjectOutput[] {
  const objects: ObjectOutput[] = [];
  let at = 0;
  for (const { objectId, sizeBytes } of wanted) {
    const header = output.indexOf(NEWLINE, at);
    if (header < 0) return [...objects, { status: 'malformed' }];
    const end = sizeBytes === undefined ? header : header + 1 + sizeBytes;
    objects.push(parseObjectOutput(output.subarray(at, end + 1), objectId));
    at = end + 1;
  }
  return objects;
}
