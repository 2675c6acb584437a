import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { packBundle } from '../../../../src/policy/bundle/pack-bundle.ts';
import { readBundleFiles } from '../../../../src/policy/bundle/read-bundle-files.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function read(path: string): Promise<unknown> {
  const files = await readBundleFiles(path);
  if (!files.ok) return files.reason;
  return Object.fromEntries(
    [...files.value].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
  );
}

describe('readBundleFiles()', () => {
  it('reads a folder with all that is below it', async (t) => {
    const folder = await makeTemporaryFolder(t, {
      'manifest.json': '{}',
      'lib/a.rego': 'package a',
    });

    assert.deepEqual(await read(folder), { 'manifest.json': '{}', 'lib/a.rego': 'package a' });
  });

  it('reads the archive of the same files as the same', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const archive = join(folder, 'bundle.tar.gz');
    await writeFile(archive, await packBundle(new Map([['a/b.rego', Buffer.from('package b')]])));

    assert.deepEqual(await read(archive), { 'a/b.rego': 'package b' });
  });

  it('reads the folder into which Kubernetes mounts a ConfigMap', async (t) => {
    const folder = await makeTemporaryFolder(t, { '..2026_11_30/manifest.json': '{}' });
    await symlink('..2026_11_30', join(folder, '..data'));
    await symlink('..data/manifest.json', join(folder, 'manifest.json'));

    assert.deepEqual(await read(folder), { 'manifest.json': '{}' });
  });

  it('refuses a link to a folder, which may lead round in a circle', async (t) => {
    const folder = await makeTemporaryFolder(t, { 'manifest.json': '{}' });
    await symlink('.', join(folder, 'self'));

    assert.equal(await read(folder), '"self" is a link to something else than a file');
  });

  it('refuses what is no file, and would be read for ever', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const server = createServer().listen(join(folder, 'socket'));
    t.after(() => server.close());
    await once(server, 'listening');

    assert.equal(await read(folder), '"socket" is no file');
  });

  it('refuses a name that an archive cannot have', async (t) => {
    const folder = await makeTemporaryFolder(t, { 'a\\b': '' });

    assert.equal(
      await read(folder),
      'the file name "a\\\\b" has a backslash, a control character, or what is not UTF-8',
    );
  });

  it('refuses a folder with more entries than its limit', async (t) => {
    const folder = await makeTemporaryFolder(t);
    for (let index = 0; index <= 5000; index += 1) await mkdir(join(folder, String(index)));

    assert.equal(await read(folder), 'it has more than 5000 files');
  });

  it('refuses files that are larger than the limit together', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await writeFile(join(folder, 'policy.wasm'), Buffer.alloc(65 * 1024 * 1024));

    assert.equal(await read(folder), '"policy.wasm": it is larger than 67108864 bytes');
  });

  it('refuses an archive that is larger than its limit, unread', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await writeFile(join(folder, 'bundle.tar.gz'), Buffer.alloc(17 * 1024 * 1024));

    assert.equal(await read(join(folder, 'bundle.tar.gz')), 'it is larger than 16777216 bytes');
  });

  it('says what is not there', async () => {
    assert.equal(await read('/nowhere/bundle'), 'there is no such file');
  });
});
