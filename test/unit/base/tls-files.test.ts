import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTlsFiles } from '../../../src/base/tls-files.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const BYTES_MAX = 100;

test('readTlsFiles() reads the files that are named, and no others', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'ca.crt': 'A', 'tls.crt': 'B', 'tls.key': 'C' });

  assert.deepEqual(await readTlsFiles({}, BYTES_MAX), { ok: true, material: {} });
  assert.deepEqual(
    await readTlsFiles(
      {
        caFile: join(folder, 'ca.crt'),
        certificateFile: join(folder, 'tls.crt'),
        keyFile: join(folder, 'tls.key'),
      },
      BYTES_MAX,
    ),
    { ok: true, material: { ca: 'A', cert: 'B', key: 'C' } },
  );
});

test('readTlsFiles() names the file that is not there', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const caFile = join(folder, 'ca.crt');

  assert.deepEqual(await readTlsFiles({ caFile }, BYTES_MAX), {
    ok: false,
    reason: `Cannot read the CA file "${caFile}": there is no such file`,
  });
});

test('readTlsFiles() refuses a file that is larger than allowed', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'tls.key': 'x'.repeat(BYTES_MAX + 1) });
  const keyFile = join(folder, 'tls.key');

  assert.deepEqual(await readTlsFiles({ keyFile }, BYTES_MAX), {
    ok: false,
    reason: `Cannot read the key file "${keyFile}": it is larger than 100 bytes`,
  });
});
