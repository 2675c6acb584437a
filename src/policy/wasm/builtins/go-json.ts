/** JSON as Go's `encoding/json` writes it: keys in order, and `<`, `>`, `&` escaped. */
import { compareTexts } from '../compare-values.ts';
import { RegoNumber, RegoObject, RegoSet, type RegoValue } from '../rego-value.ts';

/** How lines are broken. */
export interface JsonLayout {
  readonly prefix: string;
  readonly indent: string;
}

/** One line without a layout. Sets are arrays; a key that is no text is its JSON. */
export function formatGoJson(value: RegoValue, layout?: JsonLayout, depth = 0): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return formatText(value);
  if (value instanceof RegoNumber) return value.text;
  const inner = (item: RegoValue): string => formatGoJson(item, layout, depth + 1);
  if (value instanceof RegoObject) {
    const pairs = value.entries
      .map(([key, item]) => [typeof key === 'string' ? key : formatGoJson(key), item] as const)
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
  { layout, depth }: { readonly layout: JsonLayout | undefined; readonly depth: number },
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
