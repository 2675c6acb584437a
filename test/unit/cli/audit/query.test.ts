import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { auditQueryCommand } from '../../../../src/cli/audit/query.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';
import { buildJournal } from '../../../support/journal/build-journal.ts';
import { sampleRecord } from '../../../support/journal/sample-record.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function run(workingDirectory: string, ...argv: readonly string[]) {
  const recorded = recordContext({ workingDirectory });
  const status = await runProgram(['audit', 'query', ...argv], {
    commands: [auditQueryCommand],
    groups: { audit: 'Audit' },
    version: '0',
    context: recorded.context,
  });
  return { status, printed: recorded.printed(), reported: recorded.reported() };
}

describe('holdfast audit query', () => {
  it('shows a table, the newest first', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await buildJournal(join(folder, 'j'), { segments: [4] });

    const { status, printed } = await run(folder, '--limit', '2', 'j');

    assert.equal(status, 'ok');
    const [head = '', ...rows] = printed.split('\n');
    assert.deepEqual(
      [head, ...rows].map((row) => row.split(/ {2,}/u)),
      [
        ['TIME', 'DECISION', 'CODE', 'USER', 'OPERATION', 'OBJECT', 'POLICIES', 'ID'],
        [
          '2026-11-20T08:00:04.000Z',
          'allowed',
          'allowed',
          'user-4',
          'UPDATE',
          'deployments.apps/billing/app-4',
          '-',
          sampleRecord(4).decisionId,
        ],
        [
          '2026-11-20T08:00:03.000Z',
          'denied',
          'managed_object_changed',
          'user-3',
          'UPDATE',
          'deployments.apps/shop/app-3',
          'gitops_only_writes',
          sampleRecord(3).decisionId,
        ],
      ],
    );
    assert.ok(rows.every((row) => row.indexOf('user-') === head.indexOf('USER')));
  });

  it('finds a decision, and what was counted after it', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const { decisionId, time } = sampleRecord(3);
    const counts = { part: 1, count: 42, first: time, last: time, requestUids: [] };
    await buildJournal(join(folder, 'j'), {
      segments: [3, 3],
      record: (number) =>
        number === 6
          ? sampleRecord(6, { decisionId, folded: { by: 'request', ...counts } })
          : sampleRecord(number),
    });

    const { printed } = await run(folder, `--id=${decisionId}`, 'j');

    const [, ...rows] = printed.split('\n');
    assert.deepEqual(
      rows.map((row) => row.split(/ {2,}/u).slice(0, 2)),
      [
        [sampleRecord(6).time, 'denied ×42'],
        [time, 'denied'],
      ],
    );
  });

  it('finds what came from a commit, by the digits that people copy', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const objectId = '0123456789abcdef0123456789abcdef01234567';
    const commits = [{ status: 'verified', repository: 'r', objectId, signers: [] }] as const;
    const source = { repository: 'r', revision: 'main', path: '', inlineManifests: false, commits };
    await buildJournal(join(folder, 'j'), {
      segments: [3, 3],
      record: (number) => sampleRecord(number, number === 2 ? { source } : {}),
    });

    const { status, printed } = await run(folder, '--commit=0123456789AB', 'j');

    assert.equal(status, 'ok');
    const [, ...rows] = printed.split('\n');
    assert.deepEqual(
      rows.map((row) => row.split(/ {2,}/u)[0]),
      [sampleRecord(2).time],
    );
  });

  it('asks for at least 7 digits of a commit', async (t) => {
    const folder = await makeTemporaryFolder(t);
    for (const commit of ['012345', 'main', '%', '0'.repeat(65)]) {
      const { status, reported } = await run(folder, `--commit=${commit}`, 'j');
      assert.equal(status, 'usage');
      assert.equal(
        reported,
        `holdfast: --commit wants the id of a commit or at least its first 7 hexadecimal digits, found "${commit}"`,
      );
    }
  });

  it('finds by everything that can be asked', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await buildJournal(join(folder, 'j'), { segments: [30, 30] });

    const { printed } = await run(
      folder,
      '--since=2026-11-20T08:00:30Z',
      '--until=2026-11-20T08:00:40Z',
      '--object=deploy/shop/app-3',
      '--namespace=shop',
      '--user=user-5',
      '--decision=denied',
      '--code=managed_object_changed',
      '--policy=gitops_only_writes',
      '--output=json',
      'j',
    );
    const found: unknown = JSON.parse(printed);

    assert.partialDeepStrictEqual(found, [
      { sequence: 33, replica: 'holdfast-0', record: JSON.parse(JSON.stringify(sampleRecord(33))) },
    ]);
  });

  it('prints one JSON object a line', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await buildJournal(join(folder, 'j'), { segments: [3] });

    const { printed } = await run(folder, '--output=jsonl', '--decision=allowed', 'j');

    assert.deepEqual(
      printed.split('\n').map((line) => /"sequence":(\d+)/u.exec(line)?.[1]),
      ['2', '1'],
    );
  });

  it('is content to find nothing', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await buildJournal(join(folder, 'j'), { segments: [3] });

    const { status, printed } = await run(folder, '--user=nobody', '--output=json', 'j');

    assert.deepEqual({ status, printed }, { status: 'ok', printed: '[]' });
  });

  for (const [argument, reported] of [
    [
      '--since=soon',
      'holdfast: --since wants a time as in 2026-11-20T08:00:00Z, 2026-11-20 or 2h, found "soon"',
    ],
    [
      '--object=a/b/c/d/e',
      'holdfast: --object wants a kind, KIND/NAME, KIND/NAMESPACE/NAME or GROUP/KIND/NAMESPACE/NAME, found "a/b/c/d/e"',
    ],
    ['--limit=0', 'holdfast: --limit wants a number from 1 to 100000, found "0"'],
  ] as const) {
    it(`refuses ${argument}`, async (t) => {
      const folder = await makeTemporaryFolder(t);

      assert.deepEqual(await run(folder, argument), { status: 'usage', printed: '', reported });
    });
  }
});
