import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { FIRST_PREVIOUS_HASH, hashEntry } from '../../../../src/audit/verify/hash-entry.ts';

const link = {
  chain: '01JD3V9K2M8Q4W6X0Y2Z4A6B8C',
  sequence: 1,
  previousHash: FIRST_PREVIOUS_HASH,
  recordJson: '{"a":"ä"}',
};

test('hashEntry() is SHA-256 of the format, chain, sequence, previous hash and record', () => {
  const text = `holdfast-journal/1\n${link.chain}\n1\n${'0'.repeat(64)}\n{"a":"ä"}`;

  assert.equal(hashEntry(link), createHash('sha256').update(text).digest('hex'));
  assert.equal(hashEntry(link), '1b963f263210ba4351e33c0987cd1636c128bb7ade78ad373cd5f544fff2a850');
});

for (const change of [
  { chain: '01JD3V9K2M8Q4W6X0Y2Z4A6B8D' },
  { sequence: 2 },
  { previousHash: '1'.repeat(64) },
  { recordJson: '{"a":"a"}' },
]) {
  test(`hashEntry() differs where ${Object.keys(change).join()} differs`, () => {
    assert.notEqual(hashEntry({ ...link, ...change }), hashEntry(link));
  });
}
