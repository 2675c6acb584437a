import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSegmentMeta, parseRemoved } from '../../../../src/audit/verify/parse-segment-meta.ts';

const rows = {
  format: '1',
  chain: 'c',
  cluster: 'prod',
  replica: 'r',
  first_sequence: '21',
  first_previous_hash: 'a'.repeat(64),
  created: '2026-11-20T08:00:00.000Z',
  sealed: '0',
};
const meta = {
  chain: 'c',
  cluster: 'prod',
  replica: 'r',
  firstSequence: 21,
  firstPreviousHash: 'a'.repeat(64),
};

test('an open segment has no end', () => {
  const parsed = parseSegmentMeta(new Map(Object.entries(rows)));

  assert.deepEqual(parsed, { ok: true, meta: { ...meta, sealed: undefined } });
});

test('a sealed segment has its end', () => {
  const sealed = { ...rows, sealed: '1', last_sequence: '40', last_hash: 'b'.repeat(64) };

  assert.deepEqual(parseSegmentMeta(new Map(Object.entries(sealed))), {
    ok: true,
    meta: { ...meta, sealed: { lastSequence: 40, lastHash: 'b'.repeat(64) } },
  });
});

test('keys that cannot be used are named', () => {
  const bad = { ...rows, format: '0', first_sequence: '-1' };

  assert.deepEqual(parseSegmentMeta(new Map(Object.entries(bad))), {
    ok: false,
    reason: 'its meta "format", "first_sequence" cannot be used',
  });
});

test('a segment that does not say its format cannot be used', () => {
  const { format: _format, ...others } = rows;

  assert.deepEqual(parseSegmentMeta(new Map(Object.entries(others))), {
    ok: false,
    reason: 'its meta "format" cannot be used',
  });
});

test('a segment of a newer version is called so', () => {
  for (const format of ['2', '10']) {
    assert.deepEqual(parseSegmentMeta(new Map(Object.entries({ ...rows, format }))), {
      ok: false,
      reason: `a newer version of Holdfast wrote it (format ${format}), which can read it`,
    });
  }
});

test('a sealed segment without its end cannot be used', () => {
  assert.equal(parseSegmentMeta(new Map(Object.entries({ ...rows, sealed: '1' }))).ok, false);
});

const removed = { firstSequence: 1, lastSequence: 20, lastHash: 'a'.repeat(64), head: 'a.b.c' };

test('a note of retention is read', () => {
  assert.deepEqual(parseRemoved(JSON.stringify(removed)), removed);
});

for (const line of ['', '{', '[]', '{"file":"segment-1.sqlite","unreadable":true}']) {
  test(`"${line}" is no note of retention`, () => {
    assert.equal(parseRemoved(line), undefined);
  });
}
