import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { auditTailCommand } from '../../../../src/cli/audit/tail.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';
import { buildJournal } from '../../../support/journal/build-journal.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';
import { waitUntil } from '../../../support/wait-until.ts';

function start(workingDirectory: string, ...argv: readonly string[]) {
  const recorded = recordContext({ workingDirectory });
  const stop = new AbortController();
  const status = runProgram(['audit', 'tail', ...argv], {
    commands: [auditTailCommand],
    groups: { audit: 'Audit' },
    version: '0',
    context: { ...recorded.context, stopSignal: () => stop.signal },
  });
  return { ...recorded, stop, status };
}

describe('holdfast audit tail', () => {
  it('shows the newest records as lines, and ends', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await buildJournal(join(folder, 'j'), { segments: [4] });

    const { status, printed } = start(folder, '-n', '2', 'j');

    assert.equal(await status, 'ok');
    assert.deepEqual(
      printed()
        .split('\n')
        .map((line) => line.slice(0, 32)),
      ['2026-11-20T08:00:03.000Z  denied', '2026-11-20T08:00:04.000Z  allowe'],
    );
  });

  it('follows until it is stopped', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await buildJournal(join(folder, 'j'), { segments: [4] });

    const { status, printed, stop } = start(folder, '-f', '-o', 'jsonl', '--lines=1', 'j');
    await waitUntil(() => printed() !== '');
    stop.abort();

    assert.equal(await status, 'ok');
    assert.match(printed(), /^\{"cluster":"prod-eu-1","replica":"holdfast-0",.*"sequence":4,/u);
  });

  it('says what is wrong on the command line', async (t) => {
    const folder = await makeTemporaryFolder(t, { 'holdfast.yaml': 'audit: { x: 1 }' });

    assert.equal(await start(folder, '--lines=x').status, 'usage');
    assert.equal(await start(folder, '--since=x').status, 'usage');
    assert.equal(await start(folder).status, 'configuration');
  });
});
