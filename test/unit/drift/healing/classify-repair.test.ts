import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyRepair } from '../../../../src/drift/healing/classify-repair.ts';
import type { ChangedPath } from '../../../../src/ownership/change.ts';

function pathOf(path: string, more: Partial<ChangedPath> = {}): ChangedPath {
  return { path, segments: path.split('.'), kind: 'added', gitOwned: false, ...more };
}

const DEBUG = pathOf('data.debug');
const GREETING = pathOf('data.greeting', { kind: 'changed', gitOwned: true });

function repairOf(
  paths: readonly ChangedPath[],
  {
    takesOff = true,
    protectedKeys = [],
    truncated = false,
    what = 'changed',
  }: {
    readonly takesOff?: boolean;
    readonly protectedKeys?: readonly string[];
    readonly truncated?: boolean;
    readonly what?: 'changed' | 'deleted';
  } = {},
) {
  const change = { semantic: true, paths, protectedKeys, truncated };
  return classifyRepair({ what, change }, takesOff);
}

describe('classifyRepair', () => {
  it('leaves what was deleted, changed or removed to the writer', () => {
    assert.deepEqual(repairOf([], { what: 'deleted' }), { needsWriter: true, additions: [] });
    const removed = pathOf('data.greeting', { kind: 'removed', gitOwned: true });
    for (const path of [GREETING, removed]) {
      assert.deepEqual(repairOf([path]), { needsWriter: true, additions: [] });
    }
  });

  it('takes additions off, beside the writer or without it', () => {
    assert.deepEqual(repairOf([DEBUG]), { needsWriter: false, additions: [DEBUG] });
    assert.deepEqual(repairOf([DEBUG, GREETING]), { needsWriter: true, additions: [DEBUG] });
  });

  it('takes off nothing that Git may declare, or of which nobody knows', () => {
    const owned = pathOf('data.a', { gitOwned: true });
    const { gitOwned: _, ...unknown } = DEBUG;
    for (const path of [owned, unknown]) {
      assert.deepEqual(repairOf([path]), { needsWriter: true, additions: [] });
    }
  });

  it('touches no key that steers the object, nor how many run', () => {
    const finalizer = pathOf('metadata.finalizers[a/b]');
    const left = { protectedKeys: [finalizer.path] };
    assert.deepEqual(repairOf([finalizer, DEBUG], left), {
      needsWriter: false,
      additions: [DEBUG],
      left: 'metadata.finalizers[a/b] was added and steers the object, so that a person takes it off',
    });
    assert.deepEqual(repairOf([pathOf('spec.replicas')]), {
      needsWriter: false,
      additions: [],
      left: 'spec.replicas was added and steers the object, so that a person takes it off',
    });
  });

  it('says which addition stays where none is taken off', () => {
    assert.deepEqual(repairOf([DEBUG, GREETING], { takesOff: false }), {
      needsWriter: true,
      additions: [],
      left: 'data.debug was added, and no sync takes off what Git does not declare (drift.heal.additions)',
    });
  });

  it('takes nothing off where not all of the changes are known', () => {
    assert.deepEqual(repairOf([DEBUG], { truncated: true }), {
      needsWriter: true,
      additions: [],
      left: 'it has more changes than are compared',
    });
  });
});
