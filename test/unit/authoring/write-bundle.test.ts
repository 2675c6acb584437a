import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  isArchiveName,
  refuseForeignOutput,
  writeBundle,
} from '../../../src/authoring/write-bundle.ts';
import { readBundleFiles } from '../../../src/policy/bundle/read-bundle-files.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const FILES = new Map([
  ['manifest.json', Buffer.from('{}')],
  ['lib/a.rego', Buffer.from('package a')],
]);

describe('writeBundle()', () => {
  for (const name of ['bundle', 'bundle.tar.gz', 'bundle.tgz']) {
    it(`replaces ${name}, and leaves nothing beside it`, async (t) => {
      const folder = await makeTemporaryFolder(t);
      const output = join(folder, name);
      await writeBundle(output, new Map([['old.rego', Buffer.from('')]]));
      await writeBundle(output, FILES);

      assert.deepEqual(await readdir(folder), [name]);
      assert.equal((await stat(output)).isFile(), isArchiveName(name));
      const read = await readBundleFiles(output);
      assert.deepEqual(read.ok && [...read.value.keys()].toSorted(), [
        'lib/a.rego',
        'manifest.json',
      ]);
    });
  }

  it('makes a folder that another user can read', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await writeBundle(join(folder, 'bundle'), FILES);

    assert.equal((await stat(join(folder, 'bundle'))).mode & 0o777, 0o755);
    assert.equal(await readFile(join(folder, 'bundle', 'lib', 'a.rego'), 'utf8'), 'package a');
  });
});

describe('refuseForeignOutput()', () => {
  for (const { states, files } of [
    { states: 'an empty folder', files: {} },
    { states: 'a bundle of an earlier version', files: { 'manifest.json': '', 'policy.wasm': '' } },
    {
      states: 'a bundle',
      files: {
        'manifest.json': '',
        'policy.wasm': '',
        '.manifest': '',
        'data.json': '',
        'lib/a.rego': '',
      },
    },
  ]) {
    it(`takes ${states}`, async (t) => {
      await refuseForeignOutput(await makeTemporaryFolder(t, files));
    });
  }

  for (const { states, files, held } of [
    { states: 'sources', files: { 'lib/a.rego': '' }, held: 'lib/a.rego' },
    {
      states: 'a page of the web',
      files: { 'manifest.json': '', 'index.html': '' },
      held: 'index.html',
    },
    {
      states: 'a bundle with another file',
      files: { 'manifest.json': '', 'policy.wasm': '', 'notes.txt': '' },
      held: 'notes.txt',
    },
  ]) {
    it(`refuses ${states}, which would be lost`, async (t) => {
      const folder = await makeTemporaryFolder(t, files);

      await assert.rejects(refuseForeignOutput(folder), (fault: Error) => {
        assert.match(
          fault.message,
          /^The folder ".*" is no bundle: it holds "[^"]+"\. Name a new folder for the output$/u,
        );
        assert.ok(fault.message.includes(held) || states === 'a page of the web');
        return true;
      });
    });
  }

  it('refuses a folder where an archive is wanted, and a file where a folder is', async (t) => {
    const folder = await makeTemporaryFolder(t, { 'bundle.tar.gz/a': '', bundle: '' });

    await assert.rejects(refuseForeignOutput(join(folder, 'bundle.tar.gz')), {
      code: 'argument_invalid',
      message: /cannot be a file: a folder is there$/u,
    });
    await assert.rejects(refuseForeignOutput(join(folder, 'bundle')), {
      code: 'argument_invalid',
      message: /cannot be a folder: a file is there$/u,
    });
    await assert.rejects(refuseForeignOutput(join(folder, 'bundle', 'below')), {
      code: 'argument_invalid',
      message: /cannot be written$/u,
    });
  });
});
