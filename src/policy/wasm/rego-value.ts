/**
 * Rego values at the WASM boundary: JSON plus sets, objects with any key, and numbers that keep their text.
 *
 * The text form is what `opa_value_dump` writes and `opa_value_parse` reads (OPA's WASM ABI): JSON with `{1, 2}` and
 * `set()`. Plain JSON would lose the difference between sets and arrays, and digits of big numbers.
 */

/** A number by its text: `1.0`, `1e3` and 20-digit integers print as they were written. */
export class RegoNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A set; the items are in Rego's order. */
export class RegoSet {
  readonly items: readonly RegoValue[];
  constructor(items: readonly RegoValue[]) {
    this.items = items;
  }
}

/** An object; keys may be any value, and are in Rego's order. */
export class RegoObject {
  readonly entries: readonly (readonly [RegoValue, RegoValue])[];
  constructor(entries: readonly (readonly [RegoValue, RegoValue])[]) {
    this.entries = entries;
  }
}

export type RegoValue =
  null | boolean | string | RegoNumber | readonly RegoValue[] | RegoSet | RegoObject;

/** A safe integer as a Rego number. */
export function regoInteger(value: number | bigint): RegoNumber {
  return new RegoNumber(value.toString());
}

/** Whether a value is an array; `Array.isArray` does not narrow readonly arrays. */
export function isRegoArray(value: RegoValue): value is readonly RegoValue[] {
  return Array.isArray(value);
}

/** Writes a value in the form that `opa_value_parse` reads. */
export function formatRegoLiteral(value: RegoValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  // A literal of Rego may begin with its point, which JSON does not know.
  if (value instanceof RegoNumber) return value.text.replace(/^(-?)\./, '$10.');
  if (value instanceof RegoSet) {
    return value.items.length === 0 ? 'set()' : `{${value.items.map(formatRegoLiteral).join(',')}}`;
  }
  if (value instanceof RegoObject) {
    const pairs = value.entries.map(
      ([key, item]) => `${formatRegoLiteral(key)}:${formatRegoLiteral(item)}`,
    );
    return `{${pairs.join(',')}}`;
  }
  return `[${value.map(formatRegoLiteral).join(',')}]`;
}
