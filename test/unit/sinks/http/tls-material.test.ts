import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTlsMaterial } from '../../../../src/sinks/http/tls-material.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

test('readTlsMaterial() reads the files that are named, and no others', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'ca.crt': 'A', 'tls.crt': 'B', 'tls.key': 'C' });

  assert.deepEqual(await readTlsMaterial({}), { ok: true, material: {} });
  assert.deepEqual(
    await readTlsMaterial({
      caFile: join(folder, 'ca.crt'),
      certificateFile: join(folder, 'tls.crt'),
      keyFile: join(folder, 'tls.key'),
    }),
    { ok: true, material: { ca: 'A', cert: 'B', key: 'C' } },
  );
});

test('readTlsMaterial() names the file that is not there', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const caFile = join(folder, 'ca.crt');

  assert.deepEqual(await readTlsMaterial({ caFile }), {
    ok: false,
    reason: `tls.caFile "${caFile}" cannot be read: there is no such file`,
  });
});
