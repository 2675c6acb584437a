import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signHead } from '../../../../src/audit/chain/head.ts';
import { parseAnchor } from '../../../../src/audit/chain/anchor-line.ts';
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
  assert.deepEqual(parseAnchor(JSON.stringify({ sequence: 7, hash, record: {} })), {
    status: 'anchor',
    anchor: { sequence: 7, hash },
  });
  assert.deepEqual(parseAnchor(` ${JSON.stringify({ chain: 'c', sequence: 7, hash })}\r`), {
    status: 'anchor',
    anchor: { chain: 'c', sequence: 7, hash },
  });
});

test('a head is an anchor', async () => {
  const key = await makeHeadKey();

  assert.deepEqual(parseAnchor(await signHead(head, key)), {
    status: 'anchor',
    anchor: { chain: SAMPLE_CHAIN, sequence: 7, hash },
  });
  assert.deepEqual(parseAnchor(await signHead({ ...head, sequence: 0 }, key)), { status: 'none' });
});

test('an event of the audit log carries an anchor behind the name of the webhook', () => {
  assert.deepEqual(
    parseAnchor(event({ 'drift.holdfast.dev/record': `${SAMPLE_CHAIN}:7:${hash}` })),
    {
      status: 'anchor',
      anchor: { chain: SAMPLE_CHAIN, sequence: 7, hash },
    },
  );
  assert.deepEqual(parseAnchor(event({ 'drift.holdfast.dev/record': `7:${hash}` })), {
    status: 'anchor',
    anchor: { chain: undefined, sequence: 7, hash },
  });
});

for (const line of ['', '  ', event({ 'a/b': 'c' }), event(undefined)]) {
  test(`"${line}" holds no anchor`, () => {
    assert.deepEqual(parseAnchor(line), { status: 'none' });
  });
}

for (const line of ['x', '{', '{}', '{"sequence":1}', event({ 'a/record': 'b' })]) {
  test(`"${line}" is unreadable`, () => {
    assert.deepEqual(parseAnchor(line), { status: 'unreadable' });
  });
}
