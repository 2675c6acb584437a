/** The functions of Go's `text/template`. Source: the documentation of the package, "Functions". */
import { RegoNumber, type RegoValue } from '../../rego-value.ts';
import { compareTexts } from '../../compare-values.ts';
import { BuiltinError } from '../builtin.ts';
import { formatSprintf } from '../format-sprintf.ts';
import {
  isList,
  isMembers,
  isTrue,
  printValue,
  TemplateFloat,
  typeOf,
  type TemplateValue,
} from './template-value.ts';

type TemplateFunction = (values: readonly TemplateValue[]) => TemplateValue;

/** By their names; `and` and `or` take no more values than they need. */
const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['not', ([value]) => !isTrue(value)],
  ['eq', ([first, ...others]) => isEqual(first, others)],
  ['ne', ([first, ...others]) => !isEqual(first, others)],
  ['lt', ([a, b]) => compare(a, b) < 0],
  ['le', ([a, b]) => compare(a, b) <= 0],
  ['gt', ([a, b]) => compare(a, b) > 0],
  ['ge', ([a, b]) => compare(a, b) >= 0],
  ['len', ([value]) => lengthOf(value)],
  ['index', ([value, ...keys]) => keys.reduce(indexOne, value)],
  ['slice', ([value, ...bounds]) => sliceOf(value, bounds)],
  ['print', (values) => printAll(values)],
  ['println', (values) => `${values.map((one) => printValue(one, '<nil>')).join(' ')}\n`],
  ['printf', ([format, ...values]) => printFormatted(format, values)],
  ['html', (values) => escapeHtml(textOf(values))],
  ['js', (values) => escapeScript(textOf(values))],
  ['urlquery', (values) => escapeQuery(textOf(values))],
]);

/** Those that a template may name. */
export const TEMPLATE_FUNCTION_NAMES: ReadonlySet<string> = new Set([
  'and',
  'or',
  'call',
  ...FUNCTIONS.keys(),
]);

/** Calls a function. Throws where Go has an error. */
export function callFunction(name: string, values: readonly TemplateValue[]): TemplateValue {
  const found = FUNCTIONS.get(name);
  if (found !== undefined && values.length > 0) return found(values);
  throw failed(name, found === undefined ? 'it is no function' : 'wrong number of args');
}

function failed(name: string, reason: string): BuiltinError {
  return new BuiltinError(`template: error calling ${name}: ${reason}`);
}

type Basic = readonly ['bool' | 'string' | 'number', boolean | string | bigint | number];

function basicOf(value: TemplateValue): Basic | undefined {
  if (typeof value === 'boolean') return ['bool', value];
  if (typeof value === 'string') return ['string', value];
  if (value instanceof RegoNumber) return ['string', value.text];
  if (typeof value === 'bigint') return ['number', value];
  return value instanceof TemplateFloat ? ['number', value.value] : undefined;
}

function isEqual(first: TemplateValue, others: readonly TemplateValue[]): boolean {
  if (others.length === 0) throw failed('eq', 'missing argument for comparison');
  return others.some((other) => {
    if (first === undefined || first === null || other === undefined || other === null) {
      return (first ?? null) === (other ?? null);
    }
    const [a, b] = [basicOf(first), basicOf(other)];
    if (a === undefined || b === undefined) throw failed('eq', 'non-comparable type');
    if (a[0] !== b[0]) throw failed('eq', 'incompatible types for comparison');
    return a[1] === b[1];
  });
}

function compare(first: TemplateValue, second: TemplateValue): number {
  const [a, b] = [basicOf(first), basicOf(second)];
  if (a === undefined || b === undefined || a[0] === 'bool') {
    throw failed('lt', 'invalid type for comparison');
  }
  if (a[0] !== b[0]) throw failed('lt', 'incompatible types for comparison');
  if (a[0] === 'string') return compareTexts(String(a[1]), String(b[1]));
  return Number(a[1]) - Number(b[1]);
}

function lengthOf(value: TemplateValue): bigint {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value));
  if (value instanceof RegoNumber) return BigInt(value.text.length);
  if (isList(value)) return BigInt(value.length);
  if (isMembers(value)) return BigInt(value.size);
  throw failed('len', `len of type ${typeOf(value)}`);
}

function indexOne(value: TemplateValue, key: TemplateValue): TemplateValue {
  if (isMembers(value)) {
    if (typeof key === 'string') return value.get(key);
    throw failed('index', `value has type ${typeOf(key)}; should be string`);
  }
  if (!isList(value)) throw failed('index', `can't index item of type ${typeOf(value)}`);
  if (typeof key !== 'bigint') {
    throw failed('index', `cannot index slice/array with type ${typeOf(key)}`);
  }
  if (key < 0n || key >= BigInt(value.length)) throw failed('index', `index out of range: ${key}`);
  return value[Number(key)];
}

function sliceOf(value: TemplateValue, bounds: readonly TemplateValue[]): TemplateValue {
  const numbers = bounds.map((bound) => {
    if (typeof bound !== 'bigint') throw failed('slice', `cannot index with type ${typeOf(bound)}`);
    return Number(bound);
  });
  if (typeof value === 'string') return sliceItems(Buffer.from(value), numbers).toString();
  if (isList(value)) return sliceItems(value, numbers);
  throw failed('slice', `can't slice item of type ${typeOf(value)}`);
}

function sliceItems<T extends { readonly length: number; slice: (a: number, b: number) => T }>(
  whole: T,
  bounds: readonly number[],
): T {
  const [start = 0, end = whole.length] = bounds;
  if (start < 0 || end > whole.length || start > end || bounds.length > 2) {
    throw failed('slice', 'index out of range');
  }
  return whole.slice(start, end);
}

/** Go's Sprint: a space between two values of which none is a text. */
function printAll(values: readonly TemplateValue[]): string {
  let output = '';
  for (const [index, value] of values.entries()) {
    const before = values[index - 1];
    const isApart = index > 0 && !isText(before) && !isText(value);
    output += `${isApart ? ' ' : ''}${printValue(value, '<nil>')}`;
  }
  return output;
}

function isText(value: TemplateValue): boolean {
  return typeof value === 'string' || value instanceof RegoNumber;
}

function printFormatted(format: TemplateValue, values: readonly TemplateValue[]): string {
  if (typeof format !== 'string') throw failed('printf', 'wrong type for value; expected string');
  return formatSprintf(format, values.map(toArgument));
}

function toArgument(value: TemplateValue): RegoValue {
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return new RegoNumber(value.toString());
  if (value instanceof TemplateFloat) return new RegoNumber(String(value.value));
  return printValue(value, '<nil>');
}

function textOf(values: readonly TemplateValue[]): string {
  const [only] = values;
  return values.length === 1 && typeof only === 'string' ? only : printAll(values);
}

const HTML: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\ufffd',
};

function escapeHtml(text: string): string {
  return text.replace(/["'&<>\0]/g, (character) => HTML[character] ?? character);
}

/** Quotes and the backslash keep their character. */
function escapeScript(text: string): string {
  return text.replace(/["'\\]|[<>&=]|[^\P{C}]/gu, (character) => {
    if (/["'\\]/.test(character)) return `\\${character}`;
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

function escapeQuery(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll('%20', '+')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
