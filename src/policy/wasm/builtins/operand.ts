/** Reads the operands of a call. The errors are OPA's: `operand 1 must be string but got number`. */
import { isRegoArray, RegoNumber, RegoObject, RegoSet, type RegoValue } from '../rego-value.ts';
import { parseInteger } from '../rego-number.ts';
import { BuiltinError } from './builtin.ts';

type Operands = readonly RegoValue[];

/** The name of a value's type, as OPA's messages have it. */
export function typeNameOf(value: RegoValue | undefined): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'string') return typeof value;
  if (value instanceof RegoNumber) return 'number';
  if (value instanceof RegoSet) return 'set';
  if (value instanceof RegoObject) return 'object';
  return 'array';
}

/** The failure of an operand that has another type. Positions begin at 0, and are told from 1 on. */
export function wrongType(
  position: number,
  value: RegoValue | undefined,
  ...wanted: readonly string[]
) {
  const types = wanted.length === 1 ? wanted.join('') : `one of {${wanted.join(', ')}}`;
  return new BuiltinError(`operand ${position + 1} must be ${types} but got ${typeNameOf(value)}`);
}

/** The operand at a position, which must be a string. */
export function textOperand(operands: Operands, position: number): string {
  const value = operands[position];
  if (typeof value === 'string') return value;
  throw wrongType(position, value, 'string');
}

/** The operand as a whole number, however it is written: `3`, `3.0` and `3e0`. */
export function integerOperand(operands: Operands, position: number, type = 'number'): bigint {
  const value = operands[position];
  if (!(value instanceof RegoNumber)) throw wrongType(position, value, type);
  const integer = parseInteger(value.text);
  if (integer !== undefined) return integer;
  throw new BuiltinError(
    `operand ${position + 1} must be integer number but got floating-point number`,
  );
}

/** The operand as a count: what is beyond the numbers of JavaScript is as good as these. */
export function countOperand(operands: Operands, position: number): number {
  return Number(BigInt.asIntN(64, integerOperand(operands, position)));
}

/** The operand at a position, which must be an object. */
export function objectOperand(operands: Operands, position: number): RegoObject {
  const value = operands[position];
  if (value instanceof RegoObject) return value;
  throw wrongType(position, value, 'object');
}

/** The operand at a position, which must be an array. */
export function arrayOperand(operands: Operands, position: number): readonly RegoValue[] {
  const value = operands[position];
  if (value !== undefined && isRegoArray(value)) return value;
  throw wrongType(position, value, 'array');
}

/** The items of an array or a set; `undefined` for other values. */
export function itemsOf(value: RegoValue | undefined): readonly RegoValue[] | undefined {
  if (value instanceof RegoSet) return value.items;
  return value !== undefined && isRegoArray(value) ? value : undefined;
}

/** The items of an operand that must be an array or a set. */
export function itemsOperand(operands: Operands, position: number): readonly RegoValue[] {
  const items = itemsOf(operands[position]);
  if (items === undefined) throw wrongType(position, operands[position], 'array', 'set');
  return items;
}
