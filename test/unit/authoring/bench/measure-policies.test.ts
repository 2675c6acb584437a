import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measurePolicies } from '../../../../src/authoring/bench/measure-policies.ts';
import { EvaluationError } from '../../../../src/policy/wasm/wasm-host.ts';

const encoder = new TextEncoder();
const PLAN = { rounds: 2, durationMs: 20, progress: () => undefined };

function casesOf(policy: string, ...texts: readonly string[]) {
  return texts.map((text) => ({ policy, review: `${text}.yaml`, input: encoder.encode(text) }));
}

/** Takes as many bytes as the input has, and fails on `bad`. */
function makeHost() {
  let usedBytes = 0;
  return {
    get usedBytes() {
      return usedBytes;
    },
    evaluate: ([input = new Uint8Array()]: readonly Uint8Array[]): string => {
      usedBytes = input.byteLength;
      if (new TextDecoder().decode(input) === 'bad') throw new EvaluationError('no fuel is left');
      return '';
    },
  };
}

test('measurePolicies() measures each policy on all its reviews, and tells which cannot be evaluated', async () => {
  const lines: string[] = [];
  const { policies, failed, disturbance } = await measurePolicies(
    makeHost(),
    [
      { name: 'small', cases: casesOf('small', 'a', 'abcd', 'ab') },
      { name: 'broken', cases: casesOf('broken', 'a', 'bad') },
    ],
    { ...PLAN, progress: (line) => lines.push(line) },
  );

  const [small] = policies;
  assert.deepEqual([policies.length, small?.name, small?.reviews], [1, 'small', 3]);
  assert.equal(small?.wasmBytes, 4);
  assert.ok(small.calls >= 2 && small.p50Us > 0 && small.p99Us >= small.p50Us);
  assert.deepEqual(failed, [{ name: 'broken', reason: 'bad.yaml: no fuel is left' }]);
  assert.ok(disturbance === null || (disturbance >= 0 && disturbance <= 1));
  assert.match(lines[0] ?? '', /^warmed up: 1 policies$/u);
  assert.ok(lines.length >= 3 && lines.length <= 5, lines.join('\n'));
});

test('measurePolicies() makes no round where nothing can be evaluated', async () => {
  const measured = await measurePolicies(
    makeHost(),
    [{ name: 'broken', cases: casesOf('broken', 'bad') }],
    PLAN,
  );

  assert.deepEqual(measured, {
    policies: [],
    failed: [{ name: 'broken', reason: 'bad.yaml: no fuel is left' }],
    disturbance: null,
  });
});
