/** Regular expressions of templates and suites, which Go matches: with the syntax of RE2, anywhere in a text. */
import { errorText } from '../../base/error-details.ts';
import { HoldfastError } from '../../errors.ts';
import { compilePattern, type CompiledPattern } from '../../policy/wasm/builtins/regex-engine.ts';

/** Nothing is metered where a person waits. */
const CONTEXT = { nowMs: 0 };

/** What tells whether a text has a match. Throws `argument_invalid` where the pattern is none, or is too large. */
export function matchGoPattern(pattern: string): (text: string) => boolean {
  const compiled = compile(pattern);
  return (text) => compiled.test(text, CONTEXT);
}

function compile(pattern: string): CompiledPattern {
  try {
    return compilePattern(pattern, CONTEXT);
  } catch (cause) {
    const reason = errorText(cause);
    throw new HoldfastError(
      'argument_invalid',
      `"${pattern}" is no regular expression of Go: ${reason}`,
      { cause },
    );
  }
}
