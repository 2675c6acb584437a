/** Names of writers in messages and records: short, valid, and each once. */

/** What the configuration takes for a name. */
const CHARS_MAX = 63;

/** The wanted name, cut to what the configuration takes, with a number behind it if it is taken. */
export function chooseWriterName(wanted: string, taken: ReadonlySet<string>): string {
  const name = trim(wanted.slice(0, CHARS_MAX));
  let candidate = name;
  for (let number = 2; taken.has(candidate); number += 1) candidate = withNumber(name, number);
  return candidate;
}

function withNumber(name: string, number: number): string {
  const ending = `-${String(number)}`;
  return `${trim(name.slice(0, CHARS_MAX - ending.length))}${ending}`;
}

/** It ends with a letter or digit. */
function trim(name: string): string {
  return name.replace(/[^A-Za-z0-9]+$/u, '');
}
