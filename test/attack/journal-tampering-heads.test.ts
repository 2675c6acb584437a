/** Whoever can write the journal’s files changes heads, indexes and whole segments: each change is found and located. */
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { signHead } from '../../src/audit/verify/head.ts';
import { buildJournal, makeHeadKey, SAMPLE_CHAIN } from '../support/journal/build-journal.ts';
import { build, edit, rewrite, told, verify } from '../support/journal/tampering.ts';

test('a chain that was hashed anew from an entry on is found by the signed heads', async (t) => {
  const journal = await build(t);
  rewrite(journal, 2, 52);

  const verification = await verify(journal);

  assert.deepEqual(told(verification), [
    'changed@51-55 041.sqlite',
    'segment-changed@60 041.sqlite',
    'head-missing@60 041.sqlite',
    'unsigned-end@51-60 041.sqlite',
  ]);
  assert.match(
    verification.findings[0]?.message ?? '',
    /^The chain was written anew somewhere from entry 51 to 55: the signed head knows another hash/u,
  );
});

test('a cut end is found by the heads that know more', async (t) => {
  const journal = await build(t, { segments: [20, 20], sealLast: false });
  edit(
    journal,
    1,
    'DELETE FROM entries WHERE sequence > 37; DELETE FROM entry_policies WHERE sequence > 37',
  );

  const verification = await verify(journal);

  assert.deepEqual(told(verification), [
    'truncated@38-40 021.sqlite',
    'unsigned-end@36-37 021.sqlite',
  ]);
});

test('a cut end of a sealed segment is found although its heads are gone too', async (t) => {
  const journal = await build(t);
  edit(
    journal,
    2,
    `DELETE FROM entries WHERE sequence > 52; DELETE FROM entry_policies WHERE sequence > 52;
     DELETE FROM heads WHERE sequence > 50`,
  );

  assert.deepEqual(told(await verify(journal))[0], 'truncated@53-60 041.sqlite');
});

test('a segment whose file is gone is found by the next one', async (t) => {
  const journal = await build(t);
  rmSync(journal.files[1] ?? '');

  assert.deepEqual(told(await verify(journal)), ['deleted@21-40 041.sqlite']);
});

test('the oldest segment cannot go without a signed note of retention', async (t) => {
  const journal = await build(t);
  rmSync(journal.files[0] ?? '');

  assert.deepEqual(told(await verify(journal)), ['deleted@1-20 021.sqlite']);
});

test('a segment that was cut as a file is found, and the others are verified', async (t) => {
  const journal = await build(t);
  chmodSync(journal.files[1] ?? '', 0o600);
  truncateSync(journal.files[1] ?? '', 5000);

  const verification = await verify(journal);

  assert.deepEqual(told(verification), ['unreadable@- 021.sqlite', 'deleted@21-40 041.sqlite']);
  assert.equal(verification.entryCount, 40);
});

test('segments that changed names are found', async (t) => {
  const journal = await build(t);
  const [, second = '', third = ''] = journal.files;
  renameSync(second, `${second}.x`);
  renameSync(third, second);
  renameSync(`${second}.x`, third);

  const lines = told(await verify(journal));

  assert.equal(lines.length > 0, true);
  assert.ok(lines.includes('segment-changed@41 021.sqlite'), lines.join('\n'));
});

test('the last segment, replaced by an older copy of itself, is found by a hash that is known from elsewhere', async (t) => {
  const journal = await build(t, { segments: [20, 12], sealLast: false });
  const copy = `${journal.files[1] ?? ''}.old`;
  copyFileSync(journal.files[1] ?? '', copy);
  const later = await buildJournal(`${journal.folder}-later`, {
    segments: [20, 20],
    key: journal.key,
  });
  copyFileSync(copy, later.files[1] ?? '');
  const anchor = { chain: SAMPLE_CHAIN, sequence: 38, hash: later.hashes[38] ?? '' };

  const unaware = await verify(later);
  const aware = await verify(later, { anchors: [anchor] });

  assert.equal(unaware.ok, true);
  assert.equal(unaware.lastSequence, 32);
  assert.deepEqual(told(aware), ['truncated@33-38 021.sqlite', 'unsigned-end@31-32 021.sqlite']);
  assert.equal(
    aware.findings[0]?.message,
    'The journal ends with entry 32, but entry 38 is known from elsewhere',
  );
});

test('a head that was forged with the name of the true key is found', async (t) => {
  const journal = await build(t, { segments: [20], sealLast: false });
  const thief = await makeHeadKey();
  const jws = await signHead(
    {
      chain: SAMPLE_CHAIN,
      cluster: 'prod-eu-1',
      replica: 'holdfast-0',
      sequence: 20,
      hash: journal.hashes[20] ?? '',
      time: '2026-11-20T08:00:00.000Z',
      segment: 1,
      sealed: false,
    },
    { ...thief, keyId: journal.key.keyId },
  );
  edit(journal, 0, `UPDATE heads SET jws = '${jws}' WHERE sequence = 20`);

  const verification = await verify(journal);

  assert.deepEqual(told(verification), [
    'forged-head@20 001.sqlite',
    'unsigned-end@16-20 001.sqlite',
  ]);
});

test('a head with an edited payload is found', async (t) => {
  const journal = await build(t, { segments: [20], sealLast: false });
  edit(
    journal,
    0,
    `UPDATE heads SET jws = (SELECT jws FROM heads WHERE sequence = 15) WHERE sequence = 20`,
  );

  assert.deepEqual(told(await verify(journal)), [
    'head-changed@20 001.sqlite',
    'unsigned-end@16-20 001.sqlite',
  ]);
});

test('a journal that was written anew with another key is found by the true key', async (t) => {
  const honest = await build(t);
  const forged = await buildJournal(`${honest.folder}-forged`, {
    segments: [20, 20, 20],
    sealLast: true,
  });

  const byOwnKey = await verify(forged);
  const byTrueKey = await verify(forged, { keys: [honest.key] });

  assert.equal(byOwnKey.ok, true);
  assert.equal(byTrueKey.ok, false);
  assert.deepEqual(
    told(byTrueKey).filter((line) => line.startsWith('wrong-key')),
    ['wrong-key@5-20 001.sqlite', 'wrong-key@25-40 021.sqlite', 'wrong-key@45-60 041.sqlite'],
  );
});

test('columns that hide a record from queries are found although the chain is whole', async (t) => {
  const journal = await build(t);
  edit(
    journal,
    1,
    `UPDATE entries SET username = 'nobody', object = 'apps/deployments/x/y' WHERE sequence = 27`,
  );

  const verification = await verify(journal);

  assert.deepEqual(told(verification), ['index-changed@27 021.sqlite']);
  assert.match(verification.findings[0]?.message ?? '', /: username, object$/u);
});

test('a table of policies that leaves a denial out is found', async (t) => {
  const journal = await build(t);
  edit(journal, 1, 'DELETE FROM entry_policies WHERE sequence = 27');

  assert.deepEqual(told(await verify(journal)), ['index-changed@- 021.sqlite']);
});

test('a chain that begins anew within a journal is found', async (t) => {
  const journal = await build(t);
  const other = await buildJournal(`${journal.folder}-other`, {
    segments: [20, 20, 20],
    sealLast: true,
    key: journal.key,
    chain: '01JD3V9K2M8Q4W6X0Y2Z4A6B8D',
  });
  chmodSync(journal.files[2] ?? '', 0o600);
  copyFileSync(other.files[2] ?? '', journal.files[2] ?? '');

  assert.deepEqual(told(await verify(journal)), ['new-chain@41 041.sqlite']);
});

test('a beginning that was cut off is explained by a note with a signed head, and by no other', async (t) => {
  const journal = await build(t);
  const key = journal.key;
  const head = {
    chain: SAMPLE_CHAIN,
    cluster: 'prod-eu-1',
    replica: 'holdfast-0',
    sequence: 20,
    hash: journal.hashes[20] ?? '',
    time: '2026-11-20T08:00:00.000Z',
    segment: 1,
    sealed: true,
  };
  const note = { firstSequence: 1, lastSequence: 20, lastHash: head.hash };
  const thief = await makeHeadKey();
  rmSync(journal.files[0] ?? '');
  const file = join(journal.folder, 'removed.jsonl');

  for (const [jws, expected] of [
    [await signHead(head, key), ['retention@- 021.sqlite']],
    [await signHead(head, thief), ['deleted@1-20 021.sqlite']],
    [await signHead({ ...head, sequence: 19 }, key), ['deleted@1-20 021.sqlite']],
    [await signHead({ ...head, chain: 'other' }, key), ['deleted@1-20 021.sqlite']],
  ] as const) {
    writeFileSync(file, `${JSON.stringify({ ...note, head: jws })}\n`);
    assert.deepEqual(told(await verify(journal)), expected);
  }
});

test('what a segment says of its beginning is held against the entry before it', async (t) => {
  const journal = await build(t);
  const zeros = '0'.repeat(64);
  edit(journal, 1, `UPDATE meta SET value = '${zeros}' WHERE key = 'first_previous_hash'`);

  assert.deepEqual(told(await verify(journal)), ['segment-changed@21 021.sqlite']);
});

test('a first segment that claims to follow something is found', async (t) => {
  const journal = await build(t, { segments: [20], sealLast: false });
  const other = 'f'.repeat(64);
  edit(journal, 0, `UPDATE meta SET value = '${other}' WHERE key = 'first_previous_hash'`);

  const lines = told(await verify(journal));

  assert.equal(lines[0], 'segment-changed@1 001.sqlite');
});

test('an unsealed segment in the middle, and one that was sealed earlier than it ends, are found', async (t) => {
  const journal = await build(t);
  edit(journal, 0, "UPDATE meta SET value = '0' WHERE key = 'sealed'");
  edit(journal, 1, "UPDATE meta SET value = '39' WHERE key = 'last_sequence'");

  assert.deepEqual(told(await verify(journal)), [
    'segment-changed@- 001.sqlite',
    'segment-changed@39 021.sqlite',
    'head-missing@39 021.sqlite',
  ]);
});
