import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyReplicas } from '../../../../src/compose/doctor/classify-replicas.ts';

const pod = (node: string, isReady = true) => ({ node, isReady });

for (const [what, pods, expected] of [
  ['no pod', [], 'no_pods unknown'],
  ['none that is ready', [pod('a', false)], 'replicas_few failed'],
  ['one that is ready', [pod('a'), pod('b', false)], 'replicas_few warning'],
  ['two on one node', [pod('a'), pod('a')], 'replicas_on_one_node warning'],
  ['two on two nodes', [pod('a'), pod('b')], 'replicas_spread ok'],
] as const) {
  test(`${what} is ${expected}`, () => {
    const [finding] = classifyReplicas({ namespace: 'holdfast-system', pods });

    assert.equal(`${String(finding?.code)} ${String(finding?.status)}`, expected);
  });
}
