import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { formatCsvHead } from '../../../../src/audit/export/format-csv.ts';
import { writeRecords } from '../../../../src/audit/export/write-records.ts';
import { errorCode } from '../../../../src/base/error-details.ts';
import { buildJournal } from '../../../support/journal/build-journal.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function build(test: TestContext) {
  const folder = await makeTemporaryFolder(test);
  await buildJournal(join(folder, 'j'), { segments: [4] });
  const source = { folders: [join(folder, 'j')], filter: { decision: 'allowed' } } as const;
  return { folder, source };
}

describe('writeRecords()', () => {
  it('gives each line to a function, the oldest first', async (test) => {
    const { source } = await build(test);
    const lines: string[] = [];

    const count = await writeRecords({
      ...source,
      format: 'jsonl',
      target: (line) => void lines.push(line),
    });

    assert.equal(count, 3);
    assert.deepEqual(
      lines.map((line) => /"sequence":(\d+)/u.exec(line)?.[1]),
      ['1', '2', '4'],
    );
  });

  it('makes a file that only its owner reads, with a head and the line ends of the format', async (test) => {
    const { folder, source } = await build(test);
    const target = join(folder, 'a.csv');

    assert.equal(await writeRecords({ ...source, format: 'csv', target }), 3);

    const lines = readFileSync(target, 'utf8').split('\r\n');
    assert.deepEqual([lines.length, lines[0]], [5, formatCsvHead()]);
    assert.equal(statSync(target).mode & 0o777, 0o600);
  });

  it('overwrites nothing', async (test) => {
    const { folder, source } = await build(test);
    const target = join(folder, 'a.jsonl');
    await writeRecords({ ...source, format: 'jsonl', target });

    await assert.rejects(
      writeRecords({ ...source, format: 'jsonl', target }),
      (fault) => errorCode(fault) === 'EEXIST',
    );
  });
});
