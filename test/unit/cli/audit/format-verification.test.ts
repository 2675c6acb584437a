import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Verification } from '../../../../src/audit/verify/verify-journal.ts';
import {
  formatMissing,
  formatVerification,
} from '../../../../src/cli/audit/format-verification.ts';

const whole: Verification = {
  name: 'data/journal',
  ok: true,
  chain: 'C',
  cluster: 'prod',
  replica: 'r0',
  segmentCount: 1,
  entryCount: 60,
  firstSequence: 1,
  lastSequence: 60,
  lastHash: 'abc',
  head: { sequence: 60, time: '2026-11-20T08:01:00.000Z', keyId: 'K', sealed: true },
  unsignedCount: 0,
  findings: [{ kind: 'folder-key', file: '', message: 'The key lies beside it' }],
  counts: {},
  faultCount: 0,
};

test('a whole journal is told with its extent and its notes', () => {
  assert.equal(
    formatVerification(whole),
    `data/journal: ok
  chain C, cluster "prod", replica "r0"
  60 entries (1 to 60) in 1 segment, signed through entry 60 at 2026-11-20T08:01:00.000Z with key K
  last hash abc
  note (folder-key): The key lies beside it`,
  );
});

test('faults are told with their file, and how many more there are', () => {
  const findings = [{ kind: 'changed', file: 's.sqlite', message: 'Entry 7 is another' }] as const;

  assert.equal(
    formatVerification({ ...whole, ok: false, head: undefined, findings, faultCount: 2 }),
    `data/journal: 2 faults
  chain C, cluster "prod", replica "r0"
  60 entries (1 to 60) in 1 segment, no signed head fits
  last hash abc
  changed: s.sqlite: Entry 7 is another
  … and 1 more (--max-findings)`,
  );
});

test('a folder without a readable segment has no extent', () => {
  const text = formatVerification({ ...whole, chain: '', findings: [], faultCount: 1 });

  assert.equal(text, 'data/journal: 1 fault\n  … and 1 more (--max-findings)');
  assert.match(formatVerification({ ...whole, entryCount: 0 }), /\n {2}0 entries in 1 segment/u);
});

test('hashes that nobody has are listed, as many as are wanted', () => {
  const missing = [
    { sequence: 7, hash: 'abc' },
    { chain: 'C', sequence: 9, hash: 'def' },
    { chain: 'C', sequence: 10, hash: 'xyz' },
  ];

  assert.equal(
    formatMissing(missing, 2),
    `3 hashes known from elsewhere in none of these journals: give the journals of all replicas, else the entries were taken back
  missing: entry 7 with hash abc
  missing: entry 9 of chain C with hash def`,
  );
});
