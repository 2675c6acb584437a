import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parsePruned } from '../../../../src/drift/admission/parse-pruned.ts';

const OBJECT = { group: 'g', kind: 'K', name: 'n' };

function pruned(resources: unknown, metadata: object = {}): boolean {
  return parsePruned({ metadata, status: { resources } }, OBJECT);
}

it('knows an object that Git does not declare any more, and one whose application goes', () => {
  assert.equal(pruned([]), true);
  assert.equal(
    pruned([
      { ...OBJECT, name: 'other' },
      { ...OBJECT, group: 'h' },
    ]),
    true,
  );
  assert.equal(pruned([{ ...OBJECT, kind: 'L' }, 'text', null]), true);
  assert.equal(pruned([{ ...OBJECT, requiresPruning: true }]), true);
  assert.equal(pruned([OBJECT], { deletionTimestamp: '2026-01-05T08:00:00Z' }), true);
});

it('takes an object for declared where it is listed, and where nothing can be read', () => {
  assert.equal(pruned([{ ...OBJECT, status: 'OutOfSync' }]), false);
  assert.equal(pruned(undefined), false);
  assert.equal(parsePruned({ status: 'text' }, OBJECT), false);
  assert.equal(parsePruned({}, OBJECT), false);
});
