/** Faults in a file that says whom to trust. One fault refuses the whole file: a line that is skipped could be the one that matters. */
import { SIGNATURE_LIMITS } from '../settings.ts';

export interface TrustFileProblem {
  /** From 1; absent in a binary file. */
  readonly line: number | undefined;
  /** What was wanted and what was found, without a period. */
  readonly problem: string;
  /** What to do about it. */
  readonly remedy: string;
}

export type TrustFile<Value> =
  | { readonly status: 'read'; readonly value: Value }
  | { readonly status: 'invalid'; readonly problems: readonly TrustFileProblem[] };

const PROBLEMS_MAX = SIGNATURE_LIMITS['signature.trustFileProblemsMax'].default;

/** A file with one problem. */
export function refuseFile(problem: Omit<TrustFileProblem, 'line'>): TrustFile<never> {
  return { status: 'invalid', problems: [{ line: undefined, ...problem }] };
}

/** `allowed_signers:3: the option "foo" is unknown: …`, one line for each problem, and how many there are besides. */
export function formatTrustFileProblems(
  file: string,
  problems: readonly TrustFileProblem[],
): string {
  const lines = problems
    .slice(0, PROBLEMS_MAX)
    .map(
      ({ line, problem, remedy }) =>
        `${file}${line === undefined ? '' : `:${line}`}: ${problem}: ${remedy}`,
    );
  const rest = problems.length - lines.length;
  return [...lines, ...(rest > 0 ? [`${file}: and ${rest} more`] : [])].join('\n');
}

/** The lines of a text file that are neither empty nor comments. */
export interface TrustFileLine {
  readonly line: number;
  /** Without spaces at both ends. */
  readonly text: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a text file; `undefined` where it is none: not UTF-8, with a byte order mark, or with NUL. */
export function readLines(bytes: Uint8Array): readonly TrustFileLine[] | undefined {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return undefined;
  }
  if (text.startsWith('\u{FEFF}') || text.includes('\0')) return undefined;
  return text
    .split('\n')
    .map((line, index) => ({ line: index + 1, text: line.trim() }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'));
}
