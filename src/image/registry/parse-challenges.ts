/** The WWW-Authenticate header. Source: RFC 9110 section 11.6.1. */

export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** By name in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[\w!#$%&'*+.^`|~-]+/uy;
const QUOTED = /"(?:[^"\\]|\\.)*"/uy;
const SPACE = /[ \t]*/uy;

/** Challenges in their order; what follows a part that cannot be read is left out. */
export function parseChallenges(header: string | undefined): readonly Challenge[] {
  const text = header ?? '';
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  while (at < text.length) {
    take(SPACE);
    if (text[at] === ',') {
      at += 1;
      continue;
    }
    const name = take(TOKEN)?.toLowerCase();
    if (name === undefined) break;
    take(SPACE);
    if (text[at] !== '=') {
      challenges.push({ scheme: name, parameters: new Map() });
      continue;
    }
    at += 1;
    take(SPACE);
    const value = take(QUOTED) ?? take(TOKEN);
    const parameters = challenges.at(-1)?.parameters;
    // A second value for a name could be meant for another reader.
    if (value === undefined || parameters === undefined || parameters.has(name)) break;
    parameters.set(name, unquote(value));
  }
  return challenges;
}

function unquote(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/gu, '$1') : value;
}
