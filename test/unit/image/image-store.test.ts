import assert from 'node:assert/strict';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { formatImageKey } from '../../../src/image/image-key.ts';
import type { ImageConclusion } from '../../../src/image/image-conclusion.ts';
import { ImageStore } from '../../../src/image/image-store.ts';
import { recordTelemetry, type RecordingTelemetry } from '../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const VERIFIED: ImageConclusion = {
  status: 'verified',
  rule: 'shop',
  digest: 'sha256:0',
  signers: [{ authority: 'release', identity: 'cosign 00' }],
  attestations: [],
};

function keyOf(image: string, trustHash = 't1'): string {
  return formatImageKey({ image, rule: 'shop', scope: 'configured', trustHash });
}

async function openStore(t: TestContext, entriesMax = 10) {
  const folder = join(await makeTemporaryFolder(t), 'images');
  const telemetry = recordTelemetry();
  const open = (): Promise<ImageStore> =>
    ImageStore.open({ folder, entriesMax, logger: telemetry.logger });
  return { folder, telemetry, open, store: await open() };
}

function messagesOf({ entries }: RecordingTelemetry): readonly string[] {
  return entries.map(({ message }) => message);
}

describe('the store of images', () => {
  it('gives back what it was given, in a folder of its own user', async (t) => {
    const { folder, open, store } = await openStore(t);
    store.keep(keyOf('a:1'), VERIFIED);
    store.keep(keyOf('b:1'), VERIFIED);
    store.forget(keyOf('b:1'));
    store.forget(keyOf('absent:1'));
    await store.save();
    assert.deepEqual((await open()).keepTrust('t1'), {
      verdicts: [[keyOf('a:1'), VERIFIED]],
      lastVerified: [['configured\u0000a:1\u0000shop', 'sha256:0']],
    });
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
  });

  it('forgets verdicts by another trust, and keeps what was verified last', async (t) => {
    const { store } = await openStore(t);
    store.keep(keyOf('a:1'), VERIFIED);
    assert.deepEqual(store.keepTrust('t2'), {
      verdicts: [],
      lastVerified: [['configured\u0000a:1\u0000shop', 'sha256:0']],
    });
  });

  it('what is rejected by a new trust is not what was verified last any more', async (t) => {
    const { store } = await openStore(t);
    store.keep(keyOf('a:1'), VERIFIED);
    store.keepTrust('t2');
    assert.equal(store.lastDigest(keyOf('a:1', 't2')), 'sha256:0');
    store.forget(keyOf('a:1', 't2'));
    assert.equal(store.lastDigest(keyOf('a:1', 't2')), undefined);
    assert.deepEqual(store.keepTrust('t1'), { verdicts: [], lastVerified: [] });
  });

  it('keeps at most so many, the newest ones', async (t) => {
    const { store } = await openStore(t, 2);
    for (const image of ['a:1', 'b:1', 'c:1']) store.keep(keyOf(image), VERIFIED);
    assert.deepEqual(
      store.keepTrust('t1').verdicts.map(([key]) => key),
      [keyOf('b:1'), keyOf('c:1')],
    );
  });

  it('a rejected image is not what was verified last', async (t) => {
    const { store } = await openStore(t);
    store.keep(keyOf('a:1'), { status: 'rejected', rule: 'shop', code: 'unsigned', reason: 'No' });
    assert.deepEqual(store.keepTrust('t1').lastVerified, []);
  });

  it('begins anew where the file is damaged, and says so', async (t) => {
    const { folder, open, store, telemetry } = await openStore(t);
    store.keep(keyOf('a:1'), VERIFIED);
    await store.save();
    await writeFile(join(folder, 'verdicts.json'), '{"version":1,"verdicts":[["k",{}]]}');
    assert.deepEqual((await open()).keepTrust('t1'), { verdicts: [], lastVerified: [] });
    assert.deepEqual(messagesOf(telemetry), [
      'The verdicts of images cannot be read and are begun anew',
    ]);
  });

  it('goes on without a disk, says so once, and writes again when it can', async (t) => {
    const { folder, open, store, telemetry } = await openStore(t);
    await writeFile(folder, 'a file where the folder should be');
    store.keep(keyOf('a:1'), VERIFIED);
    await store.save();
    await store.save();
    assert.deepEqual(messagesOf(telemetry), [
      'The verdicts of images cannot be written and are kept in memory',
    ]);
    await rm(folder);
    await store.save();
    assert.equal((await open()).keepTrust('t1').verdicts.length, 1);
  });
});
