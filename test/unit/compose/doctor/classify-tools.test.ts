import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyTools } from '../../../../src/compose/doctor/classify-tools.ts';

const writer = { name: 'argocd', username: 'u', proof: 'pod-bound', hasPod: true };

for (const [what, writers, expected] of [
  ['nobody', [], 'no_writer failed'],
  ['a controller that runs and proves it', [writer], 'writer_proven ok'],
  ['a controller that does not run', [{ ...writer, hasPod: false }], 'writer_absent failed'],
  [
    'a weak proof',
    [{ ...writer, proof: 'legacy', hasPod: undefined }],
    'writer_proof_weak warning',
  ],
] as const) {
  test(`${what} is ${expected}`, () => {
    const [finding] = classifyTools({ writers });

    assert.equal(`${String(finding?.code)} ${String(finding?.status)}`, expected);
  });
}
