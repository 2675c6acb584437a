/**
 * The trailers of a message, as `git interpret-trailers --parse` finds them: the last paragraph, if all its lines are
 * trailers, or if git itself made one of them and a quarter are. A paragraph that is the whole message is its title.
 */

export interface Trailer {
  /** As written: `Signed-off-by`. */
  readonly key: string;
  /** Continued lines are joined by one space. */
  readonly value: string;
}

const TRAILER = /^(?<key>[A-Za-z0-9-]+)[ \t]*:(?<value>.*)$/u;
const MADE_BY_GIT = /^(?:Signed-off-by: |\(cherry picked from commit )/u;
/** git passes over comments in stored messages too. */
const COMMENT = '#';
const CONTINUED = /^[ \t]/u;
/** git-interpret-trailers(1): "at least 25% trailers", if one of them was made by git. */
const OTHERS_PER_TRAILER = 3;

/**
 * The trailers in their order; where there are more than `countMax`, one more than that. Linear in the length of the message.
 */
export function parseTrailers(message: string, countMax: number): readonly Trailer[] {
  const lines = lastParagraph(message);
  const trailers: { readonly key: string; readonly lines: string[] }[] = [];
  /** With the lines of git that are no trailers. */
  let count = 0;
  let others = 0;
  let madeByGit = false;
  let isContinuing = false;
  for (const line of lines) {
    if (line.startsWith(COMMENT)) {
      isContinuing = false;
      continue;
    }
    madeByGit ||= MADE_BY_GIT.test(line);
    const last = trailers.at(-1);
    if (CONTINUED.test(line) && last !== undefined && isContinuing) {
      last.lines.push(line.trim());
      continue;
    }
    const { key, value } = TRAILER.exec(line)?.groups ?? {};
    isContinuing = key !== undefined;
    if (key !== undefined && value !== undefined) {
      count += 1;
      if (trailers.length <= countMax) trailers.push({ key, lines: [value.trim()] });
    } else if (MADE_BY_GIT.test(line)) count += 1;
    else others += 1;
  }
  const isBlock = others === 0 || (madeByGit && others <= count * OTHERS_PER_TRAILER);
  if (!isBlock) return [];
  // Joined at the end: text that grows line by line takes time that grows with the square of its length.
  return trailers.map(({ key, lines: parts }) => ({ key, value: parts.join(' ').trim() }));
}

/** Its lines, or none where the message is one paragraph. */
function lastParagraph(message: string): readonly string[] {
  const lines = message.split(/\r?\n/u);
  let end = lines.length;
  while (end > 0 && isEmpty(lines[end - 1])) end -= 1;
  let start = end;
  while (start > 0 && !isBlank(lines[start - 1])) start -= 1;
  return lines.slice(0, start).every(isEmpty) ? [] : lines.slice(start, end);
}

function isEmpty(line: string | undefined): boolean {
  return isBlank(line) || line?.startsWith(COMMENT) === true;
}

function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === '';
}
