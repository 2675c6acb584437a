/** Values as JSON Schema sees them: sets are arrays, and numbers keep their text. */
import { isRegoArray, RegoNumber, RegoObject, RegoSet, type RegoValue } from '../../rego-value.ts';
import { BuiltinError } from '../builtin.ts';
import { formatRegoValue } from '../format-value.ts';
import { formatGoJson } from '../go-json.ts';
import { readJsonText } from '../plain-value.ts';

/** Members are in their order. */
export type JsonValue =
  null | boolean | string | RegoNumber | readonly JsonValue[] | ReadonlyMap<string, JsonValue>;

/** An object. */
export type JsonMembers = ReadonlyMap<string, JsonValue>;

/** An operand: a text is JSON, all else is a value itself. */
export function readJsonOperand(value: RegoValue | undefined): JsonValue {
  if (typeof value === 'string') {
    return toJsonValue(readJsonText(value, () => 'invalid JSON string'));
  }
  const isContainer = value instanceof RegoObject || (value !== undefined && isArray(value));
  if (isContainer) return toJsonValue(value);
  throw new BuiltinError('wrong type, expected string or object');
}

function isArray(value: RegoValue): boolean {
  return value !== null && typeof value === 'object' && isRegoArray(value);
}

function toJsonValue(value: RegoValue): JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (value instanceof RegoNumber) return value;
  if (value instanceof RegoSet) return value.items.map(toJsonValue);
  if (isRegoArray(value)) return value.map(toJsonValue);
  return new Map(
    value.entries.map(([key, item]) => [
      typeof key === 'string' ? key : formatRegoValue(key),
      toJsonValue(item),
    ]),
  );
}

/** Whether a value is an object. */
export function isMembers(value: JsonValue | undefined): value is JsonMembers {
  return value instanceof Map;
}

/** Whether a value is an array; `Array.isArray` does not narrow readonly arrays. */
export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The same text for equal values: `1` and `1.0` are. As in Go, numbers are those of 64 bits. */
export function formatNormalized(value: JsonValue): string {
  return formatGoJson(normalize(value));
}

function normalize(value: JsonValue): RegoValue {
  if (value instanceof RegoNumber) return new RegoNumber(String(Number(value.text)));
  if (isList(value)) return value.map(normalize);
  if (isMembers(value)) {
    return new RegoObject([...value].map(([key, item]) => [key, normalize(item)]));
  }
  return value;
}
