/** Against a repository that is signed here and served on loopback. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { systemWait } from '../../../src/base/wait.ts';
import { checkTufRoot, TufRoots } from '../../../src/compose/tuf-roots.ts';
import type { Download } from '../../../src/tuf/tuf-library.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { SigstoreInstance } from '../../support/signatures/sigstore-instance.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { TufRepository } from '../../support/tuf/tuf-repository.ts';
import { waitUntil } from '../../support/wait-until.ts';

async function open(t: TestContext, { isFollowed = false } = {}) {
  const instance = await SigstoreInstance.start();
  const text = JSON.stringify(instance.trustedRoot());
  const repository = await TufRepository.start(t, text);
  const folder = await makeTemporaryFolder(t);
  const download: Download = async (url) => {
    const response = await fetch(url);
    const bytes = Buffer.from(await response.arrayBuffer());
    return response.ok ? { status: 'downloaded', bytes } : { status: 'absent' };
  };
  let changes = 0;
  const roots = new TufRoots({
    folder,
    refreshMs: 3_600_000,
    isFollowed,
    download,
    clock: systemClock,
    wait: systemWait,
    ...recordTelemetry(),
    onChange: () => {
      changes += 1;
    },
  });
  t.after(() => roots.close());
  const settings = {
    mirror: repository.url,
    rootFile: 'root.json',
    target: 'trusted_root.json',
  };
  return { repository, folder, roots, settings, text, countChanges: () => changes };
}

describe('TufRoots', () => {
  it('follows a root from its first reading on, and tells when it is there', async (t) => {
    const { repository, roots, settings, text, countChanges } = await open(t, { isFollowed: true });
    const first = await roots.read('own', settings, repository.firstRoot);
    assert.equal(first.status, 'absent');
    await waitUntil(() => countChanges() === 1);
    const held = { status: 'held', text };
    assert.deepEqual(await roots.read('own', settings, repository.firstRoot), held);
    assert.equal(roots.problem(), undefined);
  });

  it('refuses what is no first root', async (t) => {
    const { roots, settings, repository } = await open(t);
    assert.equal((await roots.read('own', settings, 'no root')).status, 'refused');
    assert.equal((await roots.readNow('own', settings, 'no root')).status, 'refused');
    assert.deepEqual(repository.asked, []);
  });

  it('reads at once for commands, and begins anew with another first root', async (t) => {
    const { repository, roots, settings, text, folder } = await open(t);
    const held = { status: 'held', text };
    assert.deepEqual(await roots.readNow('own', settings, repository.firstRoot), held);
    repository.rotateRoot();
    const second = repository.files.get('2.root.json')?.toString() ?? '';
    assert.equal((await roots.read('own', settings, second)).status, 'absent');
    assert.deepEqual(await roots.readNow('own', settings, second), held);
    assert.equal((await readdir(join(folder, 'tuf'))).length, 2);
  });

  it('a target that is no trusted root does not come into force', async (t) => {
    const { repository, roots, settings } = await open(t);
    repository.publish({ target: '{}' });
    const reading = await roots.readNow('own', settings, repository.firstRoot);
    assert.match(
      reading.status === 'absent' ? reading.reason() : '',
      /^The trusted root "own" is not there yet, as http.* has not given it: Its target cannot be used: /u,
    );
    assert.equal(roots.problem(), reading.status === 'absent' && reading.reason());
  });
});

describe('checkTufRoot()', () => {
  it('judges the first root, and asks no mirror', async (t) => {
    const { repository, settings } = await open(t);
    const reading = await checkTufRoot('own', settings, repository.firstRoot);
    const reason = reading.status === 'absent' && reading.reason();
    assert.equal(reason, `${repository.url} is not asked here`);
    assert.equal((await checkTufRoot('own', settings, '{}')).status, 'refused');
    assert.deepEqual(repository.asked, []);
  });
});
