/** Values within a template, by their kinds in Go: a number of JSON is a text to it. */
import { RegoNumber, RegoObject, RegoSet, isRegoArray, type RegoValue } from '../../rego-value.ts';
import { compareTexts } from '../../compare-values.ts';
import { formatGoFloat } from '../format-go-float.ts';
import { formatRegoValue } from '../format-value.ts';
import { NO_FLAGS } from '../go-flags.ts';

/** A number with a point that a template has written itself. */
export class TemplateFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** `undefined` is what is not there; a bigint is an integer that a template has written itself. */
export type TemplateValue =
  | undefined
  | null
  | boolean
  | string
  | bigint
  | TemplateFloat
  | RegoNumber
  | readonly TemplateValue[]
  | ReadonlyMap<string, TemplateValue>;

/** A value of a policy. */
export function toTemplateValue(value: RegoValue): TemplateValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (value instanceof RegoNumber) return value;
  if (value instanceof RegoSet) return value.items.map(toTemplateValue);
  if (value instanceof RegoObject) {
    const members = value.entries.map(
      ([key, item]) =>
        [typeof key === 'string' ? key : formatRegoValue(key), toTemplateValue(item)] as const,
    );
    return new Map(members.toSorted(([a], [b]) => compareTexts(a, b)));
  }
  return isRegoArray(value) ? value.map(toTemplateValue) : undefined;
}

/** Whether a value is a list; `Array.isArray` does not narrow readonly arrays. */
export function isList(value: TemplateValue): value is readonly TemplateValue[] {
  return Array.isArray(value);
}

/** Whether a value is an object. */
export function isMembers(value: TemplateValue): value is ReadonlyMap<string, TemplateValue> {
  return value instanceof Map;
}

/** What `if` takes for true. */
export function isTrue(value: TemplateValue): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'bigint') return value !== 0n;
  if (value instanceof TemplateFloat) return value.value !== 0;
  if (value instanceof RegoNumber) return true;
  return isMembers(value) ? value.size > 0 : value.length > 0;
}

/** The name of its type in messages. */
export function typeOf(value: TemplateValue): string {
  if (value === undefined || value === null) return 'nil';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'bigint') return 'int';
  if (value instanceof TemplateFloat) return 'float64';
  if (value instanceof RegoNumber) return 'json.Number';
  return isMembers(value) ? 'map[string]interface {}' : '[]interface {}';
}

/** As `{{value}}` prints it; within others, nothing is `<nil>`. */
export function printValue(value: TemplateValue, nothing = '<no value>'): string {
  if (value === undefined || value === null) return nothing;
  if (typeof value === 'string') return value;
  if (value instanceof RegoNumber) return value.text;
  if (value instanceof TemplateFloat) {
    return formatGoFloat(value.value, 'v', NO_FLAGS) ?? String(value.value);
  }
  if (isMembers(value)) {
    const members = [...value].map(([name, item]) => `${name}:${printValue(item, '<nil>')}`);
    return `map[${members.join(' ')}]`;
  }
  if (isList(value)) return `[${value.map((item) => printValue(item, '<nil>')).join(' ')}]`;
  return String(value);
}
