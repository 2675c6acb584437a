import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatReplicaDecisions,
  parseReplicaDecisions,
  type ReplicaDecision,
} from '../../../src/drift/replica-decisions.ts';

function decisionOf(name: string, paths?: readonly string[]): ReplicaDecision {
  return {
    object: `/configmaps/shop/${name}`,
    atMs: 1,
    isDeletion: false,
    isCreation: false,
    ...(paths && { paths }),
  };
}

describe('what replicas tell each other of their decisions', () => {
  it('is read as it was told', () => {
    const decisions = [decisionOf('a'), decisionOf('b', ['data.a', 'data.ü'])];
    assert.deepEqual(parseReplicaDecisions(formatReplicaDecisions(decisions)), decisions);
    assert.deepEqual(parseReplicaDecisions(formatReplicaDecisions([])), []);
  });

  it('is the newest that have room in an annotation', () => {
    const decisions = Array.from({ length: 1000 }, (_, index) =>
      decisionOf(String(index), ['x'.repeat(100)]),
    );
    const text = formatReplicaDecisions(decisions);
    assert.equal(text.length <= 24 * 1024, true);
    const read = parseReplicaDecisions(text);
    assert.equal(read.length > 100, true);
    assert.deepEqual(read, decisions.slice(-read.length));
  });

  it('is nothing where it cannot be read: then a change is told', () => {
    for (const text of ['', '{', '[{}]', 'null', '[{"object":1,"atMs":1,"isDeletion":true}]']) {
      assert.deepEqual(parseReplicaDecisions(text), []);
    }
  });
});
