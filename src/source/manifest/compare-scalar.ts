/** Values that are the same although they are written differently, and values that are the same as none. */
import { isRawNumber } from '../../base/format-value.ts';
import { isRecord } from '../../base/is-record.ts';
import { isSameQuantity } from './parse-quantity.ts';
import type { TypeNode } from './type-schema.ts';

/** `undefined` for what the API server does not tell from an absent value. */
export function presentValue(value: unknown, type: TypeNode): unknown {
  if (value === null || value === undefined) return undefined;
  switch (type.kind) {
    case 'scalar':
      return type.dropsZero && (value === '' || value === 0 || value === false) ? undefined : value;
    case 'list':
      return !type.keepsEmpty && Array.isArray(value) && value.length === 0 ? undefined : value;
    case 'map':
    case 'struct':
      return !type.keepsEmpty && isEmptyRecord(value) ? undefined : value;
    case 'bytes':
      return value === '' ? undefined : value;
    case 'quantity':
    case 'time':
    case 'exact':
    case 'untyped':
      return value;
  }
}

function isEmptyRecord(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0;
}

export type ScalarKind = 'scalar' | 'quantity' | 'bytes' | 'time';

/** Two values that are present. */
export function isSameScalar(one: unknown, other: unknown, kind: ScalarKind): boolean {
  if (one === other) return true;
  switch (kind) {
    case 'quantity':
      return isSameQuantity(one, other);
    case 'bytes':
      return isSameBytes(one, other);
    case 'time':
      return isSameTime(one, other);
    case 'scalar':
      return isSameNumber(one, other);
  }
}

/** Go's decoder skips line breaks in base64. Source: encoding/base64. */
function isSameBytes(one: unknown, other: unknown): boolean {
  if (typeof one !== 'string' || typeof other !== 'string') return false;
  return one.replaceAll(/[\r\n]/gu, '') === other.replaceAll(/[\r\n]/gu, '');
}

/** RFC 3339 with any offset; the API server writes UTC. */
function isSameTime(one: unknown, other: unknown): boolean {
  if (typeof one !== 'string' || typeof other !== 'string') return false;
  const [first, second] = [Date.parse(one), Date.parse(other)];
  return !Number.isNaN(first) && first === second;
}

/** A number beyond 2^53 keeps its digits in the review; YAML has rounded it. */
function isSameNumber(one: unknown, other: unknown): boolean {
  const [first, second] = [numberOf(one), numberOf(other)];
  return first !== undefined && first === second;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return isRawNumber(value) ? Number(value.rawJSON) : undefined;
}
