/** Reads a file that says whom to trust. A fault in it refuses the whole file. */
import { readBounded } from '../base/read-bounded.ts';
import { HoldfastError } from '../errors.ts';
import { SIGNATURE_LIMITS } from '../signature/settings.ts';

/** A fault, and where it is. */
export interface PlacedProblem {
  /** For example `line 3`; empty: the file as a whole. */
  readonly place: string;
  readonly message: string;
}

const PROBLEMS_MAX = SIGNATURE_LIMITS['signature.trustFileProblemsMax'].default;

/**
 * The bytes of the file.
 *
 * @throws HoldfastError `input_unreadable`
 */
export async function readTrustFile(file: string, bytesMax: number): Promise<Buffer> {
  const content = await readBounded(file, bytesMax);
  if (content.ok) return Buffer.from(content.bytes);
  throw new HoldfastError('input_unreadable', `"${file}" cannot be read: ${content.reason}`);
}

/**
 * Goes on where there are no problems.
 *
 * @throws HoldfastError `trust_file_invalid`, with a line for each
 */
export function refuseProblems(file: string, problems: readonly PlacedProblem[]): void {
  if (problems.length > 0) throw describeProblems(file, problems);
}

/** One line for each problem. */
export function describeProblems(file: string, problems: readonly PlacedProblem[]): HoldfastError {
  const lines = problems
    .slice(0, PROBLEMS_MAX)
    .map(({ place, message }) => `${file}: ${place === '' ? '' : `${place}: `}${message}`);
  const rest = problems.length - lines.length;
  const more = rest > 0 ? [`${file}: and ${rest} more`] : [];
  return new HoldfastError('trust_file_invalid', [...lines, ...more].join('\n'));
}
