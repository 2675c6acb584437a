/** A test for each row of a table of calls. */
import assert from 'node:assert/strict';

import { BuiltinError, BuiltinLimitError } from '../../src/policy/wasm/builtins/builtin.ts';
import { loadCalls, type BuiltinFailure, type BuiltinResult } from './call-builtin.ts';

export interface BuiltinTable {
  readonly results: readonly BuiltinResult[];
  /** What OPA reports too. */
  readonly failures?: readonly BuiltinFailure[];
  /** What only our host refuses. */
  readonly limits?: readonly BuiltinFailure[];
}

type BuiltinCase = readonly [name: string, run: () => void];

/** Whether each call gives its result, or fails for its reason. The file that asks declares them: node:test names that file. */
export async function builtinCases({
  results,
  failures = [],
  limits = [],
}: BuiltinTable): Promise<readonly BuiltinCase[]> {
  const call = await loadCalls([...results, ...failures, ...limits].map(([name]) => name));
  const shorten = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);
  const refused = (name: string, operands: string, error: Error) => () => {
    assert.throws(() => call(name, operands), error);
  };
  return [
    ...results.map(([name, operands, result]): BuiltinCase => {
      const run = (): void => assert.equal(call(name, operands), result);
      return [`${name}${shorten(operands)} is ${shorten(result)}`, run];
    }),
    ...failures.map(([name, operands, reason]): BuiltinCase => {
      const run = refused(name, operands, new BuiltinError(reason));
      return [`${name}${shorten(operands)} fails: ${shorten(reason)}`, run];
    }),
    ...limits.map(([name, operands, reason]): BuiltinCase => {
      const run = refused(name, operands, new BuiltinLimitError(reason));
      return [`${name}${shorten(operands)} is refused: ${reason}`, run];
    }),
  ];
}
