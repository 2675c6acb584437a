/**
 * A value that is known, or the reason why it is unavailable. "Unavailable" is never treated as "there is
 * none".
 */

/** A value that was determined. */
export interface Known<Value> {
  readonly status: 'known';
  readonly value: Value;
}

/** The value could not be determined. The code is a code of the error table unless a narrower set is given. */
export interface Unavailable<Code extends string> {
  readonly status: 'unavailable';
  readonly code: Code;
  readonly reason: string;
}
