import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { collectBounded, readBounded } from '../../../src/base/read-bounded.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

test('readBounded() reads a file that is exactly as large as allowed', async (t) => {
  const folder = await makeTemporaryFolder(t, { file: '12345' });

  const read = await readBounded(join(folder, 'file'), 5);

  assert.deepEqual(read, { ok: true, bytes: Buffer.from('12345') });
});

test('readBounded() refuses a file that is one byte larger', async (t) => {
  const folder = await makeTemporaryFolder(t, { file: '123456' });

  const read = await readBounded(join(folder, 'file'), 5);

  assert.deepEqual(read, { ok: false, reason: 'it is larger than 5 bytes' });
});

test('readBounded() ends at the bound of a device without end', async () => {
  assert.deepEqual(await readBounded('/dev/zero', 1000), {
    ok: false,
    reason: 'it is larger than 1000 bytes',
  });
});

test('readBounded() says that a file is missing, or is a folder', async (t) => {
  const folder = await makeTemporaryFolder(t);

  assert.deepEqual(await readBounded(join(folder, 'none'), 5), {
    ok: false,
    reason: 'there is no such file',
  });
  assert.deepEqual(await readBounded(folder, 5), { ok: false, reason: 'it is a folder' });
});

test('readBounded() passes on what the system says otherwise', async () => {
  const read = await readBounded('with\0zero', 5);

  assert.equal(read.ok, false);
  assert.match(read.ok ? '' : read.reason, /null bytes/u);
});

test('collectBounded() takes texts as UTF-8', async () => {
  const read = await collectBounded(Readable.from(['ä', 'b']), 3);

  assert.deepEqual(read, { ok: true, bytes: Buffer.from('äb') });
});
