/** Files of recorded reviews: `NAME/reviews/*.yaml` beside a policy. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readBounded } from '../../base/read-bounded.ts';
import { parseReviewFile, type ParsedReviewFile } from './parse-review-file.ts';

/** A recording of a day has a few megabytes. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;

/** A file of one policy. */
export interface ReviewFilePlace {
  /** The folder of the policies. */
  readonly folder: string;
  /** The policy that it lies beside. */
  readonly policy: string;
  /** Relative to the folder: `NAME/reviews/labels.yaml`. */
  readonly file: string;
}

/** The files beside a policy, in order; none where it has no folder of them. */
export async function listReviewFiles(
  folder: string,
  policy: string,
): Promise<readonly ReviewFilePlace[]> {
  const names = await readdir(join(folder, policy, 'reviews')).catch(() => []);
  return names
    .filter((name) => /\.ya?ml$/u.test(name))
    .toSorted()
    .map((name) => ({ folder, policy, file: `${policy}/reviews/${name}` }));
}

/** Reads one; what is wrong with it, with its line where that is known. */
export async function readReviewFile({
  folder,
  file,
}: Pick<ReviewFilePlace, 'folder' | 'file'>): Promise<ParsedReviewFile> {
  const read = await readBounded(join(folder, file), FILE_BYTES_MAX);
  if (!read.ok) return { ok: false, reason: `it cannot be read: ${read.reason}` };
  return parseReviewFile(read.bytes);
}
