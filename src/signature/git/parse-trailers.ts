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
const CONTINUED = /^[ \t]/u;
/** git-interpret-trailers(1): "at least 25% trailers", if one of them was made by git. */
const OTHERS_PER_TRAILER = 3;

/** The trailers in their order. Linear in the length of the message. */
export function parseTrailers(message: string): readonly Trailer[] {
  const lines = lastParagraph(message);
  const trailers: { key: string; value: string }[] = [];
  let others = 0;
  let madeByGit = false;
  let isContinuing = false;
  for (const line of lines) {
    madeByGit ||= MADE_BY_GIT.test(line);
    const last = trailers.at(-1);
    if (CONTINUED.test(line) && last !== undefined && isContinuing) {
      last.value = `${last.value} ${line.trim()}`.trim();
      continue;
    }
    const { key, value } = TRAILER.exec(line)?.groups ?? {};
    isContinuing = key !== undefined;
    if (key !== undefined && value !== undefined) trailers.push({ key, value: value.trim() });
    else if (!MADE_BY_GIT.test(line)) others += 1;
  }
  const isBlock = others === 0 || (madeByGit && others <= trailers.length * OTHERS_PER_TRAILER);
  return isBlock ? trailers : [];
}

/** Its lines, or none where the message is one paragraph. */
function lastParagraph(message: string): readonly string[] {
  const lines = message.split(/\r?\n/u);
  let end = lines.length;
  while (end > 0 && isBlank(lines[end - 1])) end -= 1;
  let start = end;
  while (start > 0 && !isBlank(lines[start - 1])) start -= 1;
  return lines.slice(0, start).every(isBlank) ? [] : lines.slice(start, end);
}

function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === '';
}
