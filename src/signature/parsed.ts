/** What was read from bytes that somebody else wrote: a value, or the reason why the bytes do not count. */
import type { Rejected } from './verification.ts';

export type Parsed<Value> = { readonly status: 'parsed'; readonly value: Value } | Rejected;

/** Wraps a value that was read. */
export function parsed<Value>(value: Value): Parsed<Value> {
  return { status: 'parsed', value };
}
