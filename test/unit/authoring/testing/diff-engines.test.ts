import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffEngines } from '../../../../src/authoring/testing/diff-engines.ts';
import type { TestResult } from '../../../../src/authoring/testing/test-result.ts';

function result(
  name: string,
  status: TestResult['status'],
  reason?: string,
): Omit<TestResult, 'engine'> {
  return { file: 'a/a_test.rego', name, status, reason, durationMs: 1 };
}

test('diffEngines() fails each test that one engine passes and the other fails, and leaves the others', () => {
  const byOpa = [
    result('both', 'passed'),
    result('neither', 'failed', 'it is undefined or false'),
    result('opa', 'passed'),
    result('wasm', 'failed'),
    result('unknown', 'passed'),
  ].map((of): TestResult => ({ ...of, engine: 'opa' }));
  const byWasm = [
    result('both', 'passed'),
    result('neither', 'failed', 'it is undefined or false'),
    result('opa', 'failed', 'it is undefined or false'),
    result('wasm', 'passed'),
    result('unknown', 'skipped', 'it does not compile'),
  ].map((of): TestResult => ({ ...of, engine: 'wasm' }));

  assert.deepEqual(
    diffEngines(byWasm, byOpa).map(({ name, status, reason }) => [name, status, reason]),
    [
      ['both', 'passed', undefined],
      ['neither', 'failed', 'it is undefined or false'],
      ['opa', 'failed', 'OPA says passed, WebAssembly failed (it is undefined or false)'],
      ['wasm', 'failed', 'OPA says failed, WebAssembly passed'],
      ['unknown', 'skipped', 'it does not compile'],
    ],
  );
});
