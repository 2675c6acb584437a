/** The table of the threat model, as it stands in its document. */

export interface Threat {
  /** `actor.proof`, without its quotes. */
  readonly fact: string;
  /** All cells of the row. */
  readonly cells: readonly string[];
  /** The test files that it names. */
  readonly tests: readonly string[];
}

const ROW = /^\| `(?<fact>[^`]+)` \|(?<rest>.*)\|$/u;
const TEST = /`(?<file>(?:test|policies)\/[^`]+)`/gu;
const COLUMNS = 5;

/** Throws where a row has not its five cells. */
export function readThreats(document: string): readonly Threat[] {
  return document.split('\n').flatMap((line) => {
    const groups = ROW.exec(line)?.groups;
    if (groups === undefined) return [];
    const { fact = '', rest = '' } = groups;
    const cells = [fact, ...rest.split('|').map((cell) => cell.trim())];
    if (cells.length !== COLUMNS) {
      throw new Error(
        `The row of ${fact} has ${String(cells.length)} cells, not ${String(COLUMNS)}`,
      );
    }
    const named = (cells.at(-1) ?? '').matchAll(TEST);
    return [{ fact, cells, tests: [...named].map((match) => match.groups?.['file'] ?? '') }];
  });
}
