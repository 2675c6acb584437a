/** Declares a test for each row of a table of calls. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { BuiltinError, BuiltinLimitError } from '../../src/policy/wasm/builtins/builtin.ts';
import { loadCalls, type BuiltinFailure, type BuiltinResult } from './call-builtin.ts';

export interface BuiltinTable {
  readonly results: readonly BuiltinResult[];
  /** What OPA reports too. */
  readonly failures?: readonly BuiltinFailure[];
  /** What only our host refuses. */
  readonly limits?: readonly BuiltinFailure[];
}

/** Tests that each call gives its result, or fails for its reason. */
export async function testBuiltins(
  title: string,
  { results, failures = [], limits = [] }: BuiltinTable,
): Promise<void> {
  const names = [...results, ...failures, ...limits].map(([name]) => name);
  const call = await loadCalls(names);
  const shorten = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);
  describe(title, () => {
    for (const [name, operands, result] of results) {
      it(`${name}${shorten(operands)} is ${shorten(result)}`, () => {
        assert.equal(call(name, operands), result);
      });
    }
    for (const [name, operands, reason] of failures) {
      it(`${name}${shorten(operands)} fails: ${shorten(reason)}`, () => {
        assert.throws(() => call(name, operands), new BuiltinError(reason));
      });
    }
    for (const [name, operands, reason] of limits) {
      it(`${name}${shorten(operands)} is refused: ${reason}`, () => {
        assert.throws(() => call(name, operands), new BuiltinLimitError(reason));
      });
    }
  });
}
