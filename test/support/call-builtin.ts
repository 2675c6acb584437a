/** Calls a built-in function of the host, with operands and result in the text form of Rego's values. */
import assert from 'node:assert/strict';

import type { Builtin } from '../../src/policy/wasm/builtins/builtin.ts';
import { loadBuiltins } from '../../src/policy/wasm/builtins/host-builtins.ts';
import { parseRegoLiteral } from '../../src/policy/wasm/parse-rego-literal.ts';
import { formatRegoLiteral, isRegoArray } from '../../src/policy/wasm/rego-value.ts';

/** Name, operands as an array, and the result; `undefined` where the call has none. */
export type BuiltinResult = readonly [name: string, operands: string, result: string];
/** Name, operands as an array, and what the error says. */
export type BuiltinFailure = readonly [name: string, operands: string, reason: string];

/** The time of every call: 2023-11-14. */
export const CALL_TIME_MS = 1_700_000_000_123.9;

/** Loads the functions, and gives what calls one of them. `spent` is told the fuel of each call. */
export async function loadCalls(
  names: readonly string[],
  spent?: (units: number) => void,
): Promise<(name: string, operands: string) => string> {
  const builtins = await loadBuiltins(names);
  return (name, operands) => {
    const builtin: Builtin | undefined = builtins.get(name);
    const values = parseRegoLiteral(operands);
    assert.ok(builtin && isRegoArray(values), name);
    const result = builtin(values, { nowMs: CALL_TIME_MS, ...(spent && { spend: spent }) });
    return result === undefined ? 'undefined' : formatRegoLiteral(result);
  };
}
