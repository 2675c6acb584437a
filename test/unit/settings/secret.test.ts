import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSecret } from '../../../src/settings/secret.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const BYTES_MAX = 64 * 1024;

for (const [text, secret] of [
  ['s3cret', 's3cret'],
  ['s3cret\n', 's3cret'],
  ['s3cret\r\n', 's3cret'],
  ['s3cret\n\n', 's3cret\n'],
  [' s3cret ', ' s3cret '],
] as const) {
  test(`readSecret() reads ${JSON.stringify(text)} without its last newline`, async (t) => {
    const folder = await makeTemporaryFolder(t, { key: text });

    const fromFile = await readSecret({ file: join(folder, 'key') }, {});
    const fromEnvironment = await readSecret({ env: 'KEY' }, { KEY: text });

    assert.deepEqual(fromFile, { ok: true, secret });
    assert.deepEqual(fromEnvironment, { ok: true, secret });
  });
}

test('readSecret() finds what a file holds now, not what it held before', async (t) => {
  const folder = await makeTemporaryFolder(t, { key: 'old' });
  const reference = { file: join(folder, 'key') };
  assert.deepEqual(await readSecret(reference, {}), { ok: true, secret: 'old' });

  const { writeFile } = await import('node:fs/promises');
  await writeFile(reference.file, 'new');

  assert.deepEqual(await readSecret(reference, {}), { ok: true, secret: 'new' });
});

test('readSecret() refuses what is missing, empty or too large, and names only the place', async (t) => {
  const folder = await makeTemporaryFolder(t, { empty: '\n', large: 'x'.repeat(BYTES_MAX + 1) });
  const at = (name: string) => join(folder, name);

  for (const [reference, reason] of [
    [{ env: 'NONE' }, 'The environment variable "NONE" is not set'],
    [{ env: 'EMPTY' }, 'The environment variable "EMPTY" is empty'],
    [{ env: 'LARGE' }, `The environment variable "LARGE" is larger than ${BYTES_MAX} bytes`],
    [{ file: at('none') }, `The secret file "${at('none')}" cannot be read: there is no such file`],
    [{ file: at('empty') }, `The secret file "${at('empty')}" is empty`],
    [
      { file: at('large') },
      `The secret file "${at('large')}" cannot be read: it is larger than ${BYTES_MAX} bytes`,
    ],
  ] as const) {
    const read = await readSecret(reference, { EMPTY: '', LARGE: 'x'.repeat(BYTES_MAX + 1) });
    assert.deepEqual(read, { ok: false, reason });
  }
});
