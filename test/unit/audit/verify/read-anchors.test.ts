import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { signHead } from '../../../../src/audit/verify/head.ts';
import { readAnchors, readAnchorLine } from '../../../../src/audit/verify/read-anchors.ts';
import { HoldfastError } from '../../../../src/errors.ts';
import { makeHeadKey, SAMPLE_CHAIN } from '../../../support/journal/build-journal.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const line = (sequence: number): string => JSON.stringify({ sequence, hash: 'a'.repeat(64) });

test('anchors of all files are read, and lines without one are passed over', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    a: `${line(1)}\n\n{"kind":"Event"}\n${line(2)}`,
    b: `${line(3)}\n`,
  });

  const anchors = await readAnchors([join(folder, 'a'), join(folder, 'b')]);

  assert.deepEqual(
    anchors.map(({ sequence }) => sequence),
    [1, 2, 3],
  );
});

test('a line that is no anchor is an error that names it', async (t) => {
  const folder = await makeTemporaryFolder(t, { a: `${line(1)}\nnonsense\n` });
  const file = join(folder, 'a');

  await assert.rejects(
    readAnchors([file]),
    new HoldfastError('input_invalid', `Line 2 of "${file}" is no anchor`),
  );
});

test('a file that is not there is an error', async () => {
  await assert.rejects(readAnchors(['/nowhere/a']), { code: 'input_unreadable' });
});

test('there are not more anchors than memory is for', async (t) => {
  const folder = await makeTemporaryFolder(t, { a: `${line(1)}\n${line(2)}\n${line(3)}\n` });

  await assert.rejects(readAnchors([join(folder, 'a')], 2), { code: 'input_invalid' });
});

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

for (const text of ['', '  ', event({ 'a/b': 'c' }), event({ record: 'c' }), event(undefined)]) {
  test(`"${text}" holds no anchor`, () => {
    assert.deepEqual(readAnchorLine(text), []);
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

for (const text of unreadable) {
  test(`"${text}" is unreadable`, () => {
    assert.equal(readAnchorLine(text), undefined);
  });
}
