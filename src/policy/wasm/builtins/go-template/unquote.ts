/** Strings and characters as Go writes them in its source. */

const SHORT: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/gsu;

/** The text between the quotes; between backquotes as it stands. */
export function unquote(quoted: string): string {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith('`')) return inner.replaceAll('\r', '');
  return inner.replace(ESCAPE, (_, ...groups: readonly (string | undefined)[]) => {
    const [byte, short, long, octal, letter = ''] = groups;
    const hex = byte ?? short ?? long;
    if (hex !== undefined) return toCharacter(Number.parseInt(hex, 16));
    if (octal !== undefined) return toCharacter(Number.parseInt(octal, 8));
    return SHORT[letter] ?? letter;
  });
}

function toCharacter(code: number): string {
  return code > 0x10_ff_ff ? '\ufffd' : String.fromCodePoint(code).toWellFormed();
}
