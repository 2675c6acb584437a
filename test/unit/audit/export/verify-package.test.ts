import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createAnchorLedger } from '../../../../src/audit/verify/check-anchors.ts';
import type { Verification } from '../../../../src/audit/verify/verify-journal.ts';
import {
  isPackage,
  readPackageKeys,
  verifyPackage,
} from '../../../../src/audit/export/verify-package.ts';
import { writePackage, type PackagePlan } from '../../../../src/audit/export/write-package.ts';
import { signText, type SigningKey } from '../../../../src/base/json-web-signature.ts';
import { buildJournal, makeHeadKey } from '../../../support/journal/build-journal.ts';
import { SAMPLE_START_MS } from '../../../support/journal/sample-record.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

interface Packed {
  readonly folder: string;
  readonly key: SigningKey;
}

const RECORDS = 'journals/1/segment-0000000000000021.records.jsonl';

async function pack(t: TestContext, range: PackagePlan['range'] = {}): Promise<Packed> {
  const root = await makeTemporaryFolder(t);
  const journal = await buildJournal(join(root, 'journal'), { segments: [20, 20, 20] });
  const folder = join(root, 'package');
  await writePackage({
    folder,
    journals: [{ path: journal.folder, keys: [journal.key] }],
    range,
    key: journal.key,
    nowMs: SAMPLE_START_MS,
    attachments: [{ path: 'policies/x/manifest.json', content: '{}' }],
    includedRevisions: ['a'.repeat(64)],
    includedConfigurations: [],
  });
  return { folder, key: journal.key };
}

async function verify({ folder, key }: Packed): Promise<readonly Verification[]> {
  return await verifyPackage(folder, 'p', {
    keys: [key],
    keysAreOwn: false,
    anchors: createAnchorLedger([]),
    nowMs: SAMPLE_START_MS,
    headAgeMaxMs: 1,
    findingsMax: 10,
  });
}

function told(verifications: readonly Verification[]): readonly string[] {
  return verifications.flatMap(({ findings }) =>
    findings.map(({ kind, file, sequence }) => `${kind} ${file.slice(-27)} ${sequence ?? ''}`),
  );
}

test('an untouched package verifies, itself and its journals', async (t) => {
  const packed = await pack(t);

  const verifications = await verify(packed);

  assert.equal(isPackage(packed.folder), true);
  assert.deepEqual(told(verifications), []);
  assert.deepEqual(
    verifications.map(({ name, ok, entryCount }) => ({ name, ok, entryCount })),
    [
      { name: 'p', ok: true, entryCount: 0 },
      { name: 'p/journals/1', ok: true, entryCount: 60 },
    ],
  );
  const [own] = await readPackageKeys(packed.folder);
  assert.equal(own?.keyId, packed.key.keyId);
});

test('a package of a time holds whole segments, and says where it begins', async (t) => {
  const packed = await pack(t, {
    sinceMs: SAMPLE_START_MS + 25_000,
    untilMs: SAMPLE_START_MS + 30_000,
  });

  const [, journal] = await verify(packed);

  assert.equal(journal?.ok, true, JSON.stringify(journal?.findings));
  assert.deepEqual([journal.firstSequence, journal.lastSequence], [21, 40]);
  const manifest: unknown = JSON.parse(readFileSync(join(packed.folder, 'manifest.json'), 'utf8'));
  assert.partialDeepStrictEqual(manifest, {
    since: '2026-11-20T08:00:25.000Z',
    journals: [{ entries: 20, denied: 7 }],
    policyRevisions: [{ revision: 'a'.repeat(64), included: true }],
    configurationHashes: [{ hash: 'b'.repeat(64), included: false }],
  });
});

test('a changed record is found by the manifest and by the chain', async (t) => {
  const packed = await pack(t);
  const file = join(packed.folder, RECORDS);
  writeFileSync(file, readFileSync(file, 'utf8').replace('user-4', 'nobody'));

  assert.deepEqual(told(await verify(packed)), [
    'file-changed 0000000000021.records.jsonl ',
    'changed segment-0000000000000021 25',
  ]);
});

test('files that are gone, and files that were added, are found', async (t) => {
  const packed = await pack(t);
  rmSync(join(packed.folder, 'policies/x/manifest.json'));
  writeFileSync(join(packed.folder, 'journals', 'note.txt'), '');

  assert.deepEqual(told(await verify(packed)), [
    'file-changed policies/x/manifest.json ',
    'file-changed journals/note.txt ',
  ]);
});

test('lines that are no entries, and a segment without its meta, are told', async (t) => {
  const packed = await pack(t);
  appendFileSync(join(packed.folder, RECORDS), 'nonsense\n');
  writeFileSync(join(packed.folder, 'journals/1/segment-0000000000000041.meta.json'), '[]');
  rmSync(join(packed.folder, 'journals/1/segment-0000000000000001.meta.json'));

  const [, journal] = await verify(packed);

  assert.deepEqual(
    journal?.findings.filter(({ kind }) => kind === 'unreadable').map(({ message }) => message),
    [
      'The segment: there is no such file',
      'The segment cannot be read after entry 40: a line of it is not what stands there',
      'The segment: its meta cannot be read',
    ],
  );
});

test('a manifest that was written anew is found: it is not the one that was signed', async (t) => {
  const packed = await pack(t);
  const file = join(packed.folder, 'manifest.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"denied": 20', '"denied": 0'));

  const [whole] = await verify(packed);

  assert.deepEqual(whole?.findings, [
    {
      kind: 'file-changed',
      file: 'manifest.json',
      message: 'The manifest is not the one that was signed: it was signed for another text',
    },
  ]);
});

test('a signature of another key, or of another kind of statement, is none', async (t) => {
  const packed = await pack(t);
  const text = readFileSync(join(packed.folder, 'manifest.json'), 'utf8');
  const stranger = await makeHeadKey();
  for (const [signature, why] of [
    [await signText(text, stranger, 'holdfast-evidence+jwt'), 'no trusted key has its key id'],
    [
      await signText(text, packed.key, 'holdfast-head+jwt'),
      'its type is not "holdfast-evidence+jwt"',
    ],
  ] as const) {
    writeFileSync(join(packed.folder, 'manifest.jws'), signature);
    const [whole] = await verify(packed);
    assert.equal(
      whole?.findings[0]?.message,
      `The manifest is not the one that was signed: ${why}`,
    );
  }
});

test('a package without its manifest, or with another one, is unreadable', async (t) => {
  const packed = await pack(t);
  writeFileSync(join(packed.folder, 'manifest.json'), '{}');
  assert.deepEqual(told(await verify(packed)), [
    'file-changed manifest.json ',
    'unreadable manifest.json ',
  ]);
  rmSync(join(packed.folder, 'manifest.json'));
  assert.deepEqual(told(await verify(packed)), ['unreadable manifest.json ']);
});
