import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listSegmentFiles, segmentName } from '../../../../src/audit/journal/segment-files.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

test('segments are listed by their first entry, and other files are not', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    [segmentName(1000)]: '',
    [segmentName(1)]: '',
    [`${segmentName(1)}-wal`]: '',
    'segment-1.sqlite': '',
    'state.sqlite': '',
  });

  const files = await listSegmentFiles(folder);

  assert.deepEqual(
    files.map(({ name, firstSequence }) => [name, firstSequence]),
    [
      ['segment-0000000000000001.sqlite', 1],
      ['segment-0000000000001000.sqlite', 1000],
    ],
  );
});
