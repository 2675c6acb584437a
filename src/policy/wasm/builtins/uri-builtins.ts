/** `uri.parse` and `uri.is_valid`, by the rules of Go's `net/url` (RFC 3986, more lenient). */
import { RegoObject } from '../rego-value.ts';
import { BuiltinError, type BuiltinFamily } from './builtin.ts';
import { parseGoUrl } from './parse-go-url.ts';
import { textOperand } from './operand.ts';

/** By their Rego name. */
export const URI_BUILTINS: BuiltinFamily = {
  'uri.is_valid': ([text]) =>
    typeof text === 'string' && text !== '' && typeof parseGoUrl(text) !== 'string',
  'uri.parse': (operands) => {
    const text = textOperand(operands, 0);
    const parsed = parseGoUrl(text);
    if (typeof parsed === 'string') {
      throw new BuiltinError(`parse ${JSON.stringify(text)}: ${parsed}`);
    }
    const entries = Object.entries(parsed)
      .filter(([, value]) => value !== '')
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
    return new RegoObject(entries);
  },
};
