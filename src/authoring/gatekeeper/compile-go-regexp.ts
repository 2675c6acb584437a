/** Regular expressions as Go writes them, of files that the person who runs the command has written. */
import { HoldfastError } from '../../errors.ts';

/** Flags at the beginning, as in `(?i)`, and names of groups are written in another way in JavaScript. */
const LEADING_FLAGS = /^\(\?(?<flags>[ims]+)\)/u;

/** Compiles it; it matches anywhere in a text. Throws where it cannot be understood. */
export function compileGoRegexp(pattern: string): RegExp {
  const flags = LEADING_FLAGS.exec(pattern)?.groups?.['flags'] ?? '';
  const source = pattern
    .replace(LEADING_FLAGS, '')
    .replaceAll('(?P<', '(?<')
    .replaceAll(String.raw`\z`, '$(?![^])')
    .replaceAll(String.raw`\A`, '^');
  try {
    return new RegExp(source, `${flags}v`);
  } catch {
    // Escapes that Go allows are errors in the stricter mode.
    return compileLoosely(source, flags, pattern);
  }
}

function compileLoosely(source: string, flags: string, pattern: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (cause) {
    throw new HoldfastError('argument_invalid', `"${pattern}" is no regular expression`, { cause });
  }
}
