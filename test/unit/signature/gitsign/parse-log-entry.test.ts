import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseLogEntry } from '../../../../src/signature/gitsign/parse-log-entry.ts';
import { SigstoreInstance } from '../../../support/signatures/sigstore-instance.ts';

const instance = await SigstoreInstance.start();
const BODY = Buffer.from('{}');

test('parseLogEntry() reads an entry of Rekor v1', () => {
  const entry = parseLogEntry(instance.log(BODY, '0.0.1'));
  assert.ok(entry !== undefined);
  assert.equal(entry.logIndex, 1n);
  assert.equal(entry.logId.length, 32);
  assert.equal(entry.kind, 'hashedrekord');
  assert.equal(entry.version, '0.0.1');
  assert.equal(entry.integratedTime, BigInt(instance.atMs / 1000));
  assert.notEqual(entry.signedEntryTimestamp, undefined);
  assert.equal(entry.inclusionProof?.treeSize, 3n);
  assert.equal(entry.inclusionProof.hashes.length, 2);
  assert.match(entry.inclusionProof.checkpoint, /^rekor\.example\.com - 42\n3\n/u);
});

test('parseLogEntry() reads an entry of Rekor v2, which has no promise and no time', () => {
  const entry = parseLogEntry(instance.log(BODY, '0.0.2'));
  assert.equal(entry?.integratedTime, 0n);
  assert.equal(entry.signedEntryTimestamp, undefined);
});

test('parseLogEntry() reads what is missing as empty', () => {
  assert.deepEqual(parseLogEntry(Buffer.alloc(0)), {
    logIndex: 0n,
    logId: Buffer.alloc(0),
    kind: '',
    version: '',
    integratedTime: 0n,
    signedEntryTimestamp: undefined,
    inclusionProof: undefined,
  });
  const empty = parseLogEntry(Buffer.from('120010012a003200', 'hex'));
  assert.deepEqual(empty?.inclusionProof, {
    logIndex: 0n,
    rootHash: Buffer.alloc(0),
    treeSize: 0n,
    hashes: [],
    checkpoint: '',
  });
  assert.equal(empty.signedEntryTimestamp, undefined);
  assert.deepEqual(parseLogEntry(Buffer.from('0a0131', 'hex'))?.logIndex, 0n);
});

test('parseLogEntry() refuses what is no message', () => {
  for (const hex of [
    'ff',
    '08',
    '0a05',
    '0d00000000',
    '08ffffffffffffffffffffff01',
    '1201ff',
    '1a01ff',
    '2a01ff',
    '3201ff',
    '32022a01',
    '32032a01ff',
  ]) {
    assert.equal(parseLogEntry(Buffer.from(hex, 'hex')), undefined, hex);
  }
});

test('parseLogEntry() is total', () => {
  const real = instance.log(BODY, '0.0.1');
  const damaged = fc
    .record({ at: fc.nat({ max: real.length - 1 }), value: fc.nat({ max: 255 }) })
    .map(({ at, value }) => {
      const copy = Buffer.from(real);
      copy[at] = value;
      return copy;
    });
  const any = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.oneof(damaged, any), (bytes) => {
      parseLogEntry(bytes);
    }),
    { numRuns: 500 },
  );
});
