/** Whether a value that a name calls secret was drawn at random, or chosen to be one: not a word, a reference or a hash. */

/** A shorter one is a word, or nobody's secret for long. */
const CHARS_MIN = 8;
const CHARS_MAX = 512;

/** Bits for each character. Eight different characters have 3; words repeat some. */
const ENTROPY_MIN = 2.9;

/** A word has no more letters, and those of a name have more than this many each, taken together. */
const WORD_CHARS_MAX = 24;
const WORD_CHARS_USUAL = 3;

/**
 * What stands in the place of a credential: variables, templates, paths, URLs, references of tools that resolve them, what is
 * encrypted (SOPS), and hashes of passwords, which are there to be shown.
 */
const REFERENCE =
  /^(?:[$<{[/]|\.{1,2}\/|%[({a-z]|![a-z]|enc\[|[a-z][a-z\d+.-]{1,20}:\/\/|(?:file|vault|ref|arn|secret|env|projects|sha\d{3}|md5|ssm|awssm|gcpsm|keyvault|op)[:+/])|\$[({]|\{\{|<[^>]{0,64}>/iu;

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu;

/** A part of a name: letters, with the number of a version behind them. */
const WORD = /^[A-Za-z]*\d{0,4}$/u;

const PARTS = /[-_./:@#\\|+=]+|(?<=[a-z\d])(?=[A-Z])/u;

/** Only meaningful for a value that stands under a name such as `password`. */
export function looksSecret(value: string): boolean {
  const text = value.trim();
  if (text.length < CHARS_MIN || text.length > CHARS_MAX || /\s/u.test(text)) return false;
  if (REFERENCE.test(text) || UUID.test(text) || isName(text)) return false;
  return entropyBits(text) >= ENTROPY_MIN;
}

/** `db-credentials-v2`, `MySecretName`: the name of something. */
function isName(text: string): boolean {
  const parts = text.split(PARTS);
  return (
    parts.length * WORD_CHARS_USUAL <= text.length &&
    parts.every((part) => part.length <= WORD_CHARS_MAX && WORD.test(part))
  );
}

/** Shannon's entropy: bits for each character, by how often each occurs in the text. */
function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) {
    const share = count / text.length;
    bits -= share * Math.log2(share);
  }
  return bits;
}
