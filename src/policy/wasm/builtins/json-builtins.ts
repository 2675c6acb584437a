/** The `json` family without schemas. */
import type { RegoObject } from '../rego-value.ts';
import { BuiltinError, type BuiltinFamily } from './builtin.ts';
import { formatRegoValue } from './format-value.ts';
import { formatGoJson, type JsonLayout } from './go-json.ts';
import { arrayOperand, objectOperand, typeNameOf } from './operand.ts';
import { patchValue } from './patch-value.ts';

/** By their Rego name. */
export const JSON_BUILTINS: BuiltinFamily = {
  'json.marshal_with_options': (operands) => {
    const [value = null] = operands;
    const options = readOptions(objectOperand(operands, 1));
    const text = formatGoJson(value, options);
    return options === undefined ? text : options.prefix + text;
  },
  'json.patch': (operands, context) => {
    const [value = null] = operands;
    return patchValue(value, arrayOperand(operands, 1), context);
  },
};

/** `undefined` for JSON on one line. */
function readOptions({ entries }: RegoObject): JsonLayout | undefined {
  const texts = new Map([['indent', '\t']]);
  let isPretty: boolean | undefined;
  for (const [index, [key, value]] of entries.entries()) {
    const name = typeof key === 'string' ? key : formatRegoValue(key);
    if (name === 'prefix' || name === 'indent') {
      if (typeof value !== 'string') {
        throw new BuiltinError(
          `operand 2 key "${name}" failed cast to string: operand ${index} must be string but got ${typeNameOf(value)}`,
        );
      }
      texts.set(name, value);
    } else if (name === 'pretty') {
      if (typeof value !== 'boolean') {
        throw new BuiltinError('operand 2 key "pretty" failed cast to bool');
      }
      isPretty = value;
    } else throw new BuiltinError(`operand 2 object contained unknown key "${name}"`);
  }
  const isAsked = entries.some(([key]) => key === 'prefix' || key === 'indent');
  if (!(isPretty ?? isAsked)) return undefined;
  return { prefix: texts.get('prefix') ?? '', indent: texts.get('indent') ?? '' };
}
