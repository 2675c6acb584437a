/**
 * ASCII armor: blocks of base64 between `-----BEGIN LABEL-----` and `-----END LABEL-----`.
 *
 * Strict where two readers could see different blocks: nothing is skipped inside a block, and a block that does not end is a
 * problem, not a shorter block. The checksum line is not compared, as the specification asks; a signature proves more.
 *
 * Sources: RFC 9580 section 6.2, RFC 7468.
 */

/** One block. */
export interface ArmoredBlock {
  /** For example `PGP SIGNATURE`. */
  readonly label: string;
  /** The line with BEGIN; the first line of the text is 1. */
  readonly line: number;
  readonly bytes: Buffer;
}

/** What cannot be read, and where. */
export interface ArmorProblem {
  readonly line: number;
  readonly message: string;
}

/** What a text holds. */
export interface ParsedArmor {
  readonly blocks: readonly ArmoredBlock[];
  readonly problems: readonly ArmorProblem[];
  /** The first line outside all blocks that is not blank, if there is one. */
  readonly otherTextLine: number | undefined;
}

const BEGIN = /^-----BEGIN (?<label>[A-Z0-9][A-Z0-9 ]{0,62})-----$/u;
const END = /^-----END (?<label>[A-Z0-9][A-Z0-9 ]{0,62})-----$/u;
/** A key of a header and its value; base64 has no colon. */
const HEADER = /^[A-Za-z][A-Za-z0-9-]*: ?/u;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;
const CHECKSUM = /^=[A-Za-z0-9+/]{4}$/u;

/** Finds every block; blank lines and text between blocks are no problem here. */
export function parseArmor(text: string): ParsedArmor {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const blocks: ArmoredBlock[] = [];
  const problems: ArmorProblem[] = [];
  let otherTextLine: number | undefined;
  let index = 0;
  for (let line = lines[index]; line !== undefined; line = lines[index]) {
    const label = BEGIN.exec(line)?.groups?.['label'];
    if (label === undefined) {
      if (line !== '') otherTextLine ??= index + 1;
      index += 1;
      continue;
    }
    const endIndex = findBoundary(lines, index + 1);
    const endLine = lines[endIndex] ?? '';
    if (END.exec(endLine)?.groups?.['label'] !== label) {
      problems.push({ line: index + 1, message: `"-----BEGIN ${label}-----" has no matching END` });
      index = BEGIN.test(endLine) ? endIndex : endIndex + 1;
      continue;
    }
    const bytes = readBody(lines.slice(index + 1, endIndex));
    if (bytes === undefined) {
      problems.push({ line: index + 1, message: `the block "${label}" is not base64` });
    } else {
      blocks.push({ label, line: index + 1, bytes });
    }
    index = endIndex + 1;
  }
  return { blocks, problems, otherTextLine };
}

/** The next line that begins or ends a block, or the number of lines. */
function findBoundary(lines: readonly string[], from: number): number {
  let index = from;
  while (lines[index]?.startsWith('-----') === false) index += 1;
  return index;
}

function readBody(lines: readonly string[]): Buffer | undefined {
  const start = lines.findIndex((line) => !HEADER.test(line));
  const body = start === -1 ? [] : lines.slice(start).filter((line) => line !== '');
  if (CHECKSUM.test(body.at(-1) ?? '')) body.pop();
  const base64 = body.join('');
  return base64 !== '' && BASE64.test(base64) ? Buffer.from(base64, 'base64') : undefined;
}
