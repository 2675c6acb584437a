/** The functions of the `strings` family that OPA does not compile into WASM. */
import { isRegoArray, regoInteger, RegoSet, type RegoValue } from '../rego-value.ts';
import { BuiltinError, textOperand, type BuiltinContext, type BuiltinFamily } from './builtin.ts';
import { formatSprintf } from './format-sprintf.ts';

/** By their Rego name. */
export const STRING_BUILTINS: BuiltinFamily = {
  sprintf: (operands, { spend }) => {
    const values = operands[1];
    if (values === undefined || !isRegoArray(values)) {
      throw new BuiltinError('operand 2 must be an array');
    }
    return formatSprintf(textOperand(operands, 0), values, spend);
  },
  'strings.any_prefix_match': (operands, context) =>
    anyPair(operands, context, (text, affix) => text.startsWith(affix)),
  'strings.any_suffix_match': (operands, context) =>
    anyPair(operands, context, (text, affix) => text.endsWith(affix)),
  'strings.count': (operands) => {
    const search = textOperand(operands, 1);
    const text = textOperand(operands, 0);
    // Go's strings.Count: an empty substring matches between all characters and at both ends.
    return regoInteger(search === '' ? Array.from(text).length + 1 : text.split(search).length - 1);
  },
};

/** One comparison takes about 30 ns. */
const PAIR_FUEL = 10;

function anyPair(
  operands: readonly RegoValue[],
  { spend }: BuiltinContext,
  matches: (text: string, affix: string) => boolean,
): boolean {
  const affixes = textsOperand(operands, 1);
  const texts = textsOperand(operands, 0);
  spend?.(texts.length * affixes.length * PAIR_FUEL);
  return texts.some((text) => affixes.some((affix) => matches(text, affix)));
}

/** A text, or an array or a set of texts. */
function textsOperand(operands: readonly RegoValue[], position: number): readonly string[] {
  const value = operands[position];
  if (typeof value === 'string') return [value];
  const items = value instanceof RegoSet ? value.items : value;
  const reason = `operand ${position + 1} must be a string, or an array or a set of strings`;
  if (items === undefined || items === null || typeof items !== 'object' || !isRegoArray(items)) {
    throw new BuiltinError(reason);
  }
  return items.map((item) => {
    if (typeof item === 'string') return item;
    throw new BuiltinError(reason);
  });
}
