import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTokenFile } from '../../../../../src/image/registry/providers/read-token-file.ts';
import { makeTemporaryFolder } from '../../../../support/temporary-folder.ts';

test('readTokenFile() reads a token, and what is around it does not count', async (t) => {
  const folder = await makeTemporaryFolder(t, { token: ' eyJ.payload.signature\n' });
  assert.deepEqual(await readTokenFile('TOKEN_FILE', join(folder, 'token')), {
    ok: true,
    token: 'eyJ.payload.signature',
  });
});

test('readTokenFile() names the variable, and neither the path nor the content', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    empty: '\n',
    lines: 'secret\r\nx-evil: 1',
    large: 'x'.repeat(64 * 1024 + 1),
  });
  const noToken = { ok: false, problem: 'the file of TOKEN_FILE has no token' };
  assert.deepEqual(await readTokenFile('TOKEN_FILE', join(folder, 'empty')), noToken);
  assert.deepEqual(await readTokenFile('TOKEN_FILE', join(folder, 'lines')), noToken);
  const problem = 'the file of TOKEN_FILE cannot be read';
  assert.deepEqual(await readTokenFile('TOKEN_FILE', join(folder, 'large')), {
    ok: false,
    problem: `${problem}: it is larger than 65536 bytes`,
  });
  assert.deepEqual(await readTokenFile('TOKEN_FILE', join(folder, 'absent')), {
    ok: false,
    problem: `${problem}: there is no such file`,
  });
});
