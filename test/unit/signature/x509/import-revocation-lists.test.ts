import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importRevocationLists } from '../../../../src/signature/x509/import-revocation-lists.ts';
import { extension, pem } from '../../../support/signatures/certificate-builder.ts';
import {
  bits,
  der,
  integer,
  octets,
  oid,
  sequence,
  time,
} from '../../../support/signatures/der.ts';

const MS = Date.parse('2026-06-15T12:00:00Z');
const ECDSA = sequence(oid('1.2.840.10045.4.3.2'));

function read(tbs: readonly Buffer[], algorithm = ECDSA, value = bits(Buffer.from('s'))) {
  const list = sequence(sequence(...tbs), algorithm, value);
  return importRevocationLists(pem(list, 'X509 CRL'));
}

const HEAD = [integer(1), ECDSA, sequence(), time(MS)];

test('importRevocationLists() reads entries with their reasons', () => {
  const reason = sequence(extension('2.5.29.21', der(0x0a, Buffer.from([4]))));
  const entries = sequence(sequence(integer(7), time(MS)), sequence(integer(8), time(MS), reason));
  const { lists, problems } = read([...HEAD, time(MS + 1000), entries]);
  assert.deepEqual(problems, []);
  assert.equal(lists[0]?.nextUpdateMs, MS + 1000);
  assert.deepEqual(
    [...(lists[0]?.revoked ?? [])],
    [
      ['07', { atMs: MS, isHard: true }],
      ['08', { atMs: MS, isHard: false }],
    ],
  );
});

test('importRevocationLists() reads a list of version 1, and one that revokes nothing', () => {
  const { lists, problems } = read(HEAD.slice(1));
  assert.deepEqual(problems, []);
  assert.equal(lists[0]?.nextUpdateMs, undefined);
  assert.equal(lists[0]?.revoked.size, 0);
});

test('importRevocationLists() refuses lists that say less than they seem to', () => {
  const known = der(0xa0, sequence(extension('2.5.29.20', integer(1), true)));
  assert.deepEqual(read([...HEAD, known]).problems, []);
  const delta = der(0xa0, sequence(extension('2.5.29.27', integer(1), true)));
  assert.match(read([...HEAD, delta]).problems[0]?.message ?? '', /2\.5\.29\.27/u);
  const twice = der(0xa0, sequence(extension('1.2', integer(1)), extension('1.2', integer(1))));
  assert.match(read([...HEAD, twice]).problems[0]?.message ?? '', /unreadable/u);
  const sha1 = sequence(oid('1.2.840.113549.1.1.5'));
  assert.match(read(HEAD, sha1).problems[0]?.message ?? '', /weak/u);
  assert.match(read(HEAD, sequence()).problems[0]?.message ?? '', /weak/u);
  assert.match(
    read(HEAD, ECDSA, octets(Buffer.alloc(1))).problems[0]?.message ?? '',
    /cannot be read/u,
  );
  for (const entry of [
    sequence(octets(Buffer.alloc(1)), time(MS)),
    sequence(integer(1), integer(1)),
    sequence(integer(1), time(MS), sequence(integer(1))),
  ]) {
    assert.match(read([...HEAD, sequence(entry)]).problems[0]?.message ?? '', /an entry/u);
  }
});

test('importRevocationLists() refuses other texts', () => {
  const messageOf = (text: string) => importRevocationLists(text).problems[0]?.message ?? '';
  assert.match(messageOf(''), /there is no/u);
  assert.match(messageOf(pem(sequence(), 'X509 CRL')), /cannot be read/u);
  assert.match(messageOf(pem(sequence(), 'CERTIFICATE')), /is no list/u);
  assert.match(messageOf(' '.repeat(4_300_000)), /at most/u);
});
