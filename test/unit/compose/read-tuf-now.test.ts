/** Against a repository that is signed here and served on loopback. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTufNow } from '../../../src/compose/read-tuf-now.ts';
import type { Download } from '../../../src/tuf/tuf-library.ts';
import { SigstoreInstance } from '../../support/signatures/sigstore-instance.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { TufRepository } from '../../support/tuf/tuf-repository.ts';

test('readTufNow() asks the mirror, and where it fails takes what was kept and says so', async (t) => {
  const text = JSON.stringify((await SigstoreInstance.start()).trustedRoot());
  const repository = await TufRepository.start(t, text);
  const root = repository.firstRoot;
  let isAway = false;
  const download: Download = async (url) => {
    if (isAway) return { status: 'failed', reason: 'It is away' };
    const response = await fetch(url);
    const bytes = Buffer.from(await response.arrayBuffer());
    return response.ok ? { status: 'downloaded', bytes } : { status: 'absent' };
  };
  const lines: string[] = [];
  const open = (cache: string) =>
    readTufNow({
      images: { tufRefreshMs: 3_600_000 },
      environment: { XDG_CACHE_HOME: cache },
      registry: { download },
      report: (line) => lines.push(line),
    });
  const settings = { mirror: repository.url, rootFile: 'root.json', target: 'trusted_root.json' };
  const held = { status: 'held', text };
  const cache = await makeTemporaryFolder(t);
  assert.deepEqual(await open(cache)('own', settings, root), held);
  assert.deepEqual(lines, []);

  isAway = true;
  assert.deepEqual(await open(cache)('own', settings, root), held);
  assert.match(lines[0] ?? '', /^warning: the trusted root "own" is that of .* It is away$/u);

  const empty = await makeTemporaryFolder(t);
  assert.equal((await open(empty)('own', settings, root)).status, 'absent');
  assert.match(lines[1] ?? '', /^warning: The trusted root "own" is not there yet/u);
});
