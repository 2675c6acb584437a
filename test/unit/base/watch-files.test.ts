import {
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  watch as watchFolder,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { watchFiles, type FilesWatch } from '../../../src/base/watch-files.ts';
import { makeTestFolder, type TestFolder } from '../../support/certificates.ts';
import { waitUntil } from '../../support/wait-until.ts';

interface Watched {
  readonly folder: TestFolder;
  readonly changes: () => number;
  readonly watch: FilesWatch;
}

async function watchIn(
  context: TestContext,
  prepare: (folder: TestFolder) => readonly string[],
  pollMs = 60_000,
): Promise<Watched> {
  const folder = makeTestFolder();
  let changes = 0;
  const watch = await watchFiles(prepare(folder), {
    pollMs,
    settleMs: 5,
    onChange: async () => {
      changes += 1;
    },
  });
  context.after(() => {
    watch.close();
    folder.remove();
  });
  return { folder, changes: () => changes, watch };
}

test('watchFiles() notices a file that is written in place', async (context) => {
  const { folder, changes } = await watchIn(context, ({ write }) => [write('a', '1')]);
  folder.write('a', '2');
  await waitUntil(() => changes() === 1);
});

test('watchFiles() notices a symlink swap, as Kubernetes does it', async (context) => {
  const { folder, changes } = await watchIn(context, ({ path }) => {
    mkdirSync(join(path, '..v1'));
    writeFileSync(join(path, '..v1', 'tls.crt'), '1');
    symlinkSync('..v1', join(path, '..data'));
    symlinkSync('..data/tls.crt', join(path, 'tls.crt'));
    return [join(path, 'tls.crt')];
  });
  mkdirSync(join(folder.path, '..v2'));
  writeFileSync(join(folder.path, '..v2', 'tls.crt'), '2');
  symlinkSync('..v2', join(folder.path, '..data_tmp'));
  renameSync(join(folder.path, '..data_tmp'), join(folder.path, '..data'));
  await waitUntil(() => changes() === 1);
});

test('watchFiles() polls where the file system says nothing', async (context) => {
  const { folder, changes } = await watchIn(
    context,
    ({ path }) => {
      // The folder that is watched holds only the link; what it points to changes elsewhere.
      mkdirSync(join(path, 'links'));
      writeFileSync(join(path, 'target'), '1');
      symlinkSync('../target', join(path, 'links', 'a'));
      return [join(path, 'links', 'a')];
    },
    10,
  );
  folder.write('target', '2');
  await waitUntil(() => changes() === 1);
});

test('watchFiles() notices files that vanish and appear, and tells each content once', async (context) => {
  const { folder, changes } = await watchIn(context, ({ write }) => [write('a', '1')], 10);
  rmSync(join(folder.path, 'a'));
  await waitUntil(() => changes() === 1);
  folder.write('a', '1');
  await waitUntil(() => changes() === 2);
});

test('watchFiles() says nothing where a file is touched without being changed', async (context) => {
  const { folder, changes } = await watchIn(context, ({ write }) => [
    write('a', '1'),
    write('b', '1'),
  ]);
  folder.write('a', '1');
  folder.write('b', '2');
  await waitUntil(() => changes() === 1);
});

test('watchFiles() watches by polling a folder that does not exist yet', async (context) => {
  const { folder, changes } = await watchIn(context, ({ path }) => [join(path, 'later', 'a')], 10);
  mkdirSync(join(folder.path, 'later'));
  folder.write('later/a', '1');
  await waitUntil(() => changes() === 1);
});

test('watchFiles() looks again at what changed while it was looking', async (context) => {
  const folder = makeTestFolder();
  const path = folder.write('a', '1');
  let changes = 0;
  const watched = await watchFiles([path], {
    pollMs: 60_000,
    settleMs: 0,
    onChange: async () => {
      changes += 1;
      if (changes > 1) return;
      folder.write('a', '3');
      // Whoever watches beside us has heard of this write: so have we, while this look goes on.
      await new Promise<void>((resolve) => {
        const beside = watchFolder(folder.path, () => {
          beside.close();
          resolve();
        });
        folder.write('b', '1');
      });
    },
  });
  context.after(() => {
    watched.close();
    folder.remove();
  });

  folder.write('a', '2');

  await waitUntil(() => changes === 2);
});
