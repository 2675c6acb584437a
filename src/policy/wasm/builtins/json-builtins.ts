/** The `json` family without schemas. */
import { compareTexts } from '../compare-values.ts';
import { RegoNumber, RegoObject, RegoSet, type RegoValue } from '../rego-value.ts';
import { BuiltinError, type BuiltinFamily } from './builtin.ts';
import { formatRegoValue } from './format-value.ts';
import { arrayOperand, objectOperand, typeNameOf } from './operand.ts';
import { patchValue } from './patch-value.ts';

/** By their Rego name. */
export const JSON_BUILTINS: BuiltinFamily = {
  'json.marshal_with_options': (operands) => {
    const [value = null] = operands;
    const options = readOptions(objectOperand(operands, 1));
    const text = formatJson(value, options);
    return options === undefined ? text : options.prefix + text;
  },
  'json.patch': (operands, context) => {
    const [value = null] = operands;
    return patchValue(value, arrayOperand(operands, 1), context);
  },
};

interface Layout {
  readonly prefix: string;
  readonly indent: string;
}

/** `undefined` for JSON on one line. */
function readOptions({ entries }: RegoObject): Layout | undefined {
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

/** As Go's `encoding/json` writes it: keys in order, and `<`, `>`, `&` escaped. */
function formatJson(value: RegoValue, layout: Layout | undefined, depth = 0): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return formatText(value);
  if (value instanceof RegoNumber) return value.text;
  const inner = (item: RegoValue): string => formatJson(item, layout, depth + 1);
  if (value instanceof RegoObject) {
    const pairs = value.entries
      .map(
        ([key, item]) =>
          [typeof key === 'string' ? key : formatJson(key, undefined), item] as const,
      )
      .toSorted(([a], [b]) => compareTexts(a, b))
      .map(([key, item]) => `${formatText(key)}:${layout === undefined ? '' : ' '}${inner(item)}`);
    return enclose('{}', pairs, { layout, depth });
  }
  const items = value instanceof RegoSet ? value.items : value;
  return enclose('[]', items.map(inner), { layout, depth });
}

function enclose(
  brackets: string,
  items: readonly string[],
  { layout, depth }: { readonly layout: Layout | undefined; readonly depth: number },
): string {
  if (items.length === 0) return brackets;
  const [open = '', close = ''] = brackets;
  if (layout === undefined) return open + items.join(',') + close;
  const line = (level: number): string => `\n${layout.prefix}${layout.indent.repeat(level)}`;
  return `${open}${line(depth + 1)}${items.join(`,${line(depth + 1)}`)}${line(depth)}${close}`;
}

function formatText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
