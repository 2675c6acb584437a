import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditRecord } from '../../../../src/audit/audit-record.ts';
import { WriterWrites } from '../../../../src/audit/report/writer-writes.ts';
import { sampleRecord } from '../../../support/journal/sample-record.ts';

function written(number: number, changes: Partial<AuditRecord> = {}): string {
  return JSON.stringify(
    sampleRecord(number, {
      user: { username: 'argocd', groups: [], extra: {} },
      actor: { class: 'gitops', proof: { grade: 'pod-bound', sufficient: true, reason: '' } },
      object: { ...sampleRecord(1).object, name: 'a' },
      ...changes,
    }),
  );
}

const idsOf = (writes: WriterWrites) => writes.list().map(({ decisionId }) => decisionId);

test('the last write to each object is kept, in whatever order they are read', () => {
  const writes = new WriterWrites();
  const object = { ...sampleRecord(1).object, name: 'b' };
  for (const json of [written(2), written(3), written(1), written(4, { object })]) writes.add(json);

  assert.deepEqual(idsOf(writes), [sampleRecord(3).decisionId, sampleRecord(4).decisionId]);
});

test('dry runs, other users and what is no record are passed over', () => {
  const writes = new WriterWrites();
  const proof = { grade: 'none', sufficient: true, reason: '' } as const;
  for (const json of [
    written(1, { dryRun: true }),
    written(1, { actor: { class: 'other', proof } }),
    '{}',
    '{',
  ]) {
    writes.add(json);
  }

  assert.deepEqual(idsOf(writes), []);
});

test('writes to more objects than are judged again are counted', () => {
  const writes = new WriterWrites();
  for (let number = 1; number <= 1003; number += 1) {
    writes.add(written(number, { object: { ...sampleRecord(1).object, name: `a-${number}` } }));
  }

  assert.deepEqual([writes.list().length, writes.leftOut], [1000, 3]);
});
