import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readAnchors } from '../../../../src/audit/verify/read-anchors.ts';
import { HoldfastError } from '../../../../src/errors.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const line = (sequence: number): string => JSON.stringify({ sequence, hash: 'a'.repeat(64) });

test('anchors of all files are read, and lines without one are passed over', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    a: `${line(1)}\n\n{"kind":"Event"}\n${line(2)}`,
    b: `${line(3)}\n`,
  });

  const anchors = await readAnchors([join(folder, 'a'), join(folder, 'b')]);

  assert.deepEqual(
    anchors.map(({ sequence }) => sequence),
    [1, 2, 3],
  );
});

test('a line that is no anchor is an error that names it', async (t) => {
  const folder = await makeTemporaryFolder(t, { a: `${line(1)}\nnonsense\n` });
  const file = join(folder, 'a');

  await assert.rejects(
    readAnchors([file]),
    new HoldfastError('input_invalid', `Line 2 of "${file}" is no anchor`),
  );
});

test('a file that is not there is an error', async () => {
  await assert.rejects(readAnchors(['/nowhere/a']), { code: 'input_unreadable' });
});

test('there are not more anchors than memory is for', async (t) => {
  const folder = await makeTemporaryFolder(t, { a: `${line(1)}\n${line(2)}\n${line(3)}\n` });

  await assert.rejects(readAnchors([join(folder, 'a')], 2), { code: 'input_invalid' });
});
