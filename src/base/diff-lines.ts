/** Differences between two texts, line by line, in the unified format of diff(1) (POSIX.1-2017, `diff -u`). */

/** As diff(1) shows around a difference. */
const CONTEXT_LINES = 3;
/** Two changed parts of 2,000 lines each; a longer one is shown as removed and added whole. */
const CELLS_MAX = 4_000_000;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** The hunks, without the two lines that name the files. Empty if the texts are the same. */
export function diffLines(before: string, after: string): readonly string[] {
  const lines = compare(splitLines(before), splitLines(after));
  return planHunks(lines).flatMap(({ start, end }) => formatHunk(lines, start, end));
}

function splitLines(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/u, '').split('\n');
}

function compare(before: readonly string[], after: readonly string[]): readonly Line[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (
    tail < Math.min(before.length, after.length) - head &&
    before.at(-1 - tail) === after.at(-1 - tail)
  ) {
    tail += 1;
  }
  const kept = (text: string): Line => ({ sign: ' ', text });
  return [
    ...before.slice(0, head).map(kept),
    ...compareMiddle(
      before.slice(head, before.length - tail),
      after.slice(head, after.length - tail),
    ),
    ...before.slice(before.length - tail).map(kept),
  ];
}

// The longest common subsequence, by the table of the lengths of what follows.
function compareMiddle(before: readonly string[], after: readonly string[]): readonly Line[] {
  const removed = (text: string): Line => ({ sign: '-', text });
  const added = (text: string): Line => ({ sign: '+', text });
  const width = after.length + 1;
  if ((before.length + 1) * width > CELLS_MAX) return [...before.map(removed), ...after.map(added)];
  const lengths = measureCommon(before, after);
  const lengthAt = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  const lines: Line[] = [];
  let row = 0;
  let column = 0;
  while (row < before.length && column < after.length) {
    const text = before[row] ?? '';
    if (text === after[column]) {
      lines.push({ sign: ' ', text });
      row += 1;
      column += 1;
    } else if (lengthAt(row + 1, column) >= lengthAt(row, column + 1)) {
      lines.push(removed(text));
      row += 1;
    } else {
      lines.push(added(after[column] ?? ''));
      column += 1;
    }
  }
  return [...lines, ...before.slice(row).map(removed), ...after.slice(column).map(added)];
}

function measureCommon(before: readonly string[], after: readonly string[]): Uint32Array {
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const below = lengths[(row + 1) * width + column] ?? 0;
      const beside = lengths[row * width + column + 1] ?? 0;
      lengths[row * width + column] =
        before[row] === after[column]
          ? (lengths[(row + 1) * width + column + 1] ?? 0) + 1
          : Math.max(below, beside);
    }
  }
  return lengths;
}

interface Hunk {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

function planHunks(lines: readonly Line[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  for (const [index, { sign }] of lines.entries()) {
    if (sign === ' ') continue;
    const start = Math.max(0, index - CONTEXT_LINES);
    const end = Math.min(lines.length, index + CONTEXT_LINES + 1);
    const last = hunks.at(-1);
    if (last !== undefined && start <= last.end) hunks.splice(-1, 1, { start: last.start, end });
    else hunks.push({ start, end });
  }
  return hunks;
}

function formatHunk(lines: readonly Line[], start: number, end: number): readonly string[] {
  const count = (part: readonly Line[], sign: '-' | '+'): number =>
    part.filter((line) => line.sign === ' ' || line.sign === sign).length;
  const before = lines.slice(0, start);
  const hunk = lines.slice(start, end);
  const range = (sign: '-' | '+'): string => {
    const length = count(hunk, sign);
    // An empty range is numbered by the line before it.
    const first = count(before, sign) + (length === 0 ? 0 : 1);
    return `${sign}${first},${length}`;
  };
  return [`@@ ${range('-')} ${range('+')} @@`, ...hunk.map(({ sign, text }) => `${sign}${text}`)];
}
