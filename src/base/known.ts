/** What is known, or why it is not. Nobody guesses: "it could not be found out" is never "there is none". */

/** A value that was found out. */
export interface Known<Value> {
  readonly status: 'known';
  readonly value: Value;
}

/** Nobody could find it out; the code is one of the error table where no narrower set is given. */
export interface Unavailable<Code extends string> {
  readonly status: 'unavailable';
  readonly code: Code;
  readonly reason: string;
}
