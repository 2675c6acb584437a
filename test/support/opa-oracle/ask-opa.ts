/** Asks the real OPA what a call of a built-in function gives, for many calls at once. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { ensureOpa } from '../../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import { findValue } from '../../../src/policy/wasm/compare-values.ts';
import { BuiltinError } from '../../../src/policy/wasm/builtins/builtin.ts';
import { loadBuiltins } from '../../../src/policy/wasm/builtins/host-builtins.ts';
import { readJsonText } from '../../../src/policy/wasm/builtins/plain-value.ts';
import { parseRegoLiteral } from '../../../src/policy/wasm/parse-rego-literal.ts';
import {
  formatRegoLiteral,
  isRegoArray,
  RegoObject,
  type RegoValue,
} from '../../../src/policy/wasm/rego-value.ts';
import { runProgram } from '../runner/run-tool.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';

/** The name of a function, and its operands as an array in Rego. */
export type OracleCall = readonly [name: string, operands: string];

/** A call, with what OPA and our host give; `undefined` where a call is. */
export interface OracleAnswer {
  readonly call: string;
  readonly opa: string;
  readonly host: string;
}

/** The answers to all calls, in their order. */
export async function askBoth(
  t: TestContext,
  calls: readonly OracleCall[],
): Promise<readonly OracleAnswer[]> {
  const answers = await askOpa(t, calls);
  const builtins = await loadBuiltins(calls.map(([name]) => name));
  return calls.map(([name, operands], index) => {
    const answer = findValue(answers, `a${index}`);
    return {
      call: `${name}${operands}`,
      opa: answer === undefined ? 'undefined' : formatRegoLiteral(answer),
      host: callHost(() => builtins.get(name)?.(readOperands(operands), { nowMs: Date.now() })),
    };
  });
}

function readOperands(text: string): readonly RegoValue[] {
  const operands = parseRegoLiteral(text);
  return operands !== null && typeof operands === 'object' && isRegoArray(operands) ? operands : [];
}

function callHost(call: () => RegoValue | undefined): string {
  try {
    const result = call();
    return result === undefined ? 'undefined' : formatRegoLiteral(sortKeys(result));
  } catch (fault) {
    if (fault instanceof BuiltinError) return 'undefined';
    throw fault;
  }
}

/** As OPA prints objects. */
function sortKeys(value: RegoValue): RegoValue {
  return parseRegoLiteral(formatRegoLiteral(value));
}

async function askOpa(t: TestContext, calls: readonly OracleCall[]): Promise<RegoObject> {
  const rules = calls.map(
    ([name, operands], index) => `a${index} := ${formatCall(name, operands)}`,
  );
  const folder = await makeTemporaryFolder(t);
  await writeFile(join(folder, 'calls.rego'), ['package calls', ...rules].join('\n'));
  const { path } = await ensureOpa({ cacheFolder: cacheFolder(process.env) });
  const args = ['eval', '-d', 'calls.rego', 'data.calls'];
  const { stdout } = await runProgram({ name: 'opa eval', command: path, args, cwd: folder });
  const read = readJsonText(stdout, (reason) => `${reason}: ${stdout}`);
  assert.equal(findMember(read, 'errors'), undefined, stdout.slice(0, 2000));
  const [result] = listOf(findMember(read, 'result'));
  const [expression] = listOf(findMember(result, 'expressions'));
  const value = findMember(expression, 'value');
  return value instanceof RegoObject ? value : new RegoObject([]);
}

/** OPA refuses operands of a wrong type when it compiles, unless it does not know their types. */
function formatCall(name: string, operands: string): string {
  const values = readOperands(operands);
  const isJson = isReadable(operands);
  const text = JSON.stringify(operands);
  const listed = values.map((value, index) =>
    isJson ? `json.unmarshal(${text})[${index}]` : formatRegoLiteral(value),
  );
  return `${name}(${listed.join(', ')})`;
}

function isReadable(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // It has a set.
    return false;
  }
}

function findMember(value: RegoValue | undefined, name: string): RegoValue | undefined {
  return value instanceof RegoObject ? findValue(value, name) : undefined;
}

function listOf(value: RegoValue | undefined): readonly RegoValue[] {
  return value !== undefined && value !== null && typeof value === 'object' && isRegoArray(value)
    ? value
    : [];
}
