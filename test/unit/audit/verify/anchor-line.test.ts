import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signHead } from '../../../../src/audit/verify/head.ts';
import { readAnchorLine } from '../../../../src/audit/verify/anchor-line.ts';
import { makeHeadKey, SAMPLE_CHAIN } from '../../../support/journal/build-journal.ts';

const hash = 'a'.repeat(64);
const head = {
  chain: SAMPLE_CHAIN,
  cluster: 'c',
  replica: 'r',
  sequence: 7,
  hash,
  time: '2026-11-20T08:00:00.000Z',
  segment: 1,
  sealed: false,
};

function event(annotations: Readonly<Record<string, string>> | undefined): string {
  return JSON.stringify({ kind: 'Event', apiVersion: 'audit.k8s.io/v1', annotations });
}

test('a line with sequence and hash is an anchor, with or without its chain', () => {
  assert.deepEqual(readAnchorLine(JSON.stringify({ sequence: 7, hash, record: {} })), [
    { sequence: 7, hash },
  ]);
  assert.deepEqual(readAnchorLine(` ${JSON.stringify({ chain: 'c', sequence: 7, hash })}\r`), [
    { chain: 'c', sequence: 7, hash },
  ]);
});

test('a head is an anchor', async () => {
  const key = await makeHeadKey();

  assert.deepEqual(readAnchorLine(await signHead(head, key)), [
    { chain: SAMPLE_CHAIN, sequence: 7, hash },
  ]);
  assert.deepEqual(readAnchorLine(await signHead({ ...head, sequence: 0 }, key)), []);
});

test('an event of the audit log carries an anchor for each of our webhooks that recorded it', () => {
  const annotations = {
    'drift.holdfast.dev/code': 'allowed',
    'drift.holdfast.dev/record-hash': hash,
    'drift.holdfast.dev/record-sequence': '7',
    'guard.holdfast.dev/record-hash': hash,
    'guard.holdfast.dev/record-sequence': '9',
  };

  assert.deepEqual(readAnchorLine(event(annotations)), [
    { sequence: 7, hash },
    { sequence: 9, hash },
  ]);
});

for (const line of ['', '  ', event({ 'a/b': 'c' }), event({ record: 'c' }), event(undefined)]) {
  test(`"${line}" holds no anchor`, () => {
    assert.deepEqual(readAnchorLine(line), []);
  });
}

const unreadable = [
  'x',
  '{',
  '{}',
  '{"sequence":1}',
  event({ 'a/record-hash': 'b', 'a/record-sequence': '1' }),
  event({ 'a/record-hash': hash }),
];

for (const line of unreadable) {
  test(`"${line}" is unreadable`, () => {
    assert.equal(readAnchorLine(line), undefined);
  });
}
