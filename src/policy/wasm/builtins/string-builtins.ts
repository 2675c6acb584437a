/** The functions on strings that OPA does not compile into WASM. */
import { regoInteger, type RegoValue } from '../rego-value.ts';
import { BuiltinError, type BuiltinContext, type BuiltinFamily } from './builtin.ts';
import { formatSprintf } from './format-sprintf.ts';
import {
  arrayOperand,
  countOperand,
  itemsOf,
  textOperand,
  typeNameOf,
  wrongType,
} from './operand.ts';

/** By their Rego name. */
export const STRING_BUILTINS: BuiltinFamily = {
  sprintf: (operands, { spend }) =>
    formatSprintf(textOperand(operands, 0), arrayOperand(operands, 1), spend),
  indexof_n: (operands) => findAll(textOperand(operands, 0), textOperand(operands, 1)),
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
  'strings.split_n': (operands) =>
    splitSome(textOperand(operands, 0), textOperand(operands, 1), countOperand(operands, 2)),
};

/** The first `count` parts, or for a negative count so many of the last. */
function splitSome(text: string, delimiter: string, count: number): readonly string[] {
  const parts = delimiter === '' ? Array.from(text) : text.split(delimiter);
  return count >= 0 ? parts.slice(0, count) : parts.slice(Math.max(parts.length + count, 0));
}

/** Where a text occurs, in characters; occurrences may overlap. */
function findAll(text: string, search: string): readonly RegoValue[] {
  if (search === '') throw new BuiltinError('empty search character');
  const found: RegoValue[] = [];
  let characters = 0;
  let from = 0;
  for (let at = text.indexOf(search); at !== -1; at = text.indexOf(search, at + 1)) {
    for (const _character of text.slice(from, at)) characters += 1;
    from = at;
    found.push(regoInteger(characters));
  }
  return found;
}

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
  const items = itemsOf(value);
  if (items === undefined) throw wrongType(position, value, 'string', 'set', 'array');
  const type = typeNameOf(value);
  return items.map((item) => {
    if (typeof item === 'string') return item;
    throw new BuiltinError(
      `operand ${position + 1} must be ${type} of strings but got ${type} containing ${typeNameOf(item)}`,
    );
  });
}
