import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { auditRecordSchema } from '../../../../src/audit/record-schema.ts';
import { driftListCommand } from '../../../../src/cli/drift/list.ts';
import { driftShowCommand } from '../../../../src/cli/drift/show.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { formatDriftRecord } from '../../../../src/drift/format-drift-record.ts';
import type { DriftFinding } from '../../../../src/drift/drift-finding.ts';
import { parseJsonAs } from '../../../../src/base/parse-json-as.ts';
import { recordContext } from '../../../support/command-context.ts';
import { sampleFinding } from '../../../support/drift-samples.ts';
import { journalOptions, openTestJournal, sampleRecord } from '../../../support/journal-samples.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function run(workingDirectory: string, ...argv: readonly string[]) {
  const recorded = recordContext({ workingDirectory });
  const status = await runProgram(['drift', ...argv], {
    commands: [driftListCommand, driftShowCommand],
    groups: { drift: 'Drift' },
    version: '0',
    context: recorded.context,
  });
  return { status, printed: recorded.printed().trim(), reported: recorded.reported() };
}

function recordOf(finding: DriftFinding, number: number) {
  return formatDriftRecord(
    finding,
    {
      decisionId: `D${number}`,
      time: new Date(Date.UTC(2026, 0, 5, 8, number)).toISOString(),
      cluster: 'prod',
      replica: 'holdfast-0',
      policyRevision: 'p',
      configurationHash: 'h',
    },
    64,
  );
}

const OTHER = { ...sampleFinding().object, name: 'other' };
const DELETED = sampleFinding({
  what: 'deleted',
  object: OTHER,
  writers: [],
  change: {
    semantic: true,
    paths: [{ path: '', segments: [], kind: 'removed' }],
    protectedKeys: [],
    truncated: false,
  },
});

/** A change that was reverted, one that has become another, and a deletion that is open. */
async function journal(t: TestContext): Promise<string> {
  const folder = await makeTemporaryFolder(t);
  const { journal: open } = await openTestJournal(t, journalOptions(join(folder, 'j')));
  const third = { ...sampleFinding().object, name: 'third' };
  for (const [index, finding] of [
    sampleFinding(),
    sampleFinding({ what: 'reverted', found: 'D0' }),
    sampleFinding({ object: third }),
    sampleFinding({ object: third, uid: '' }),
    DELETED,
  ].entries()) {
    await open.append(recordOf(finding, index));
  }
  await open.append(sampleRecord(1));
  return folder;
}

describe('holdfast drift', () => {
  it('lists what is open, the newest first', async (t) => {
    const folder = await journal(t);
    const { status, printed } = await run(folder, 'list', 'j');
    assert.equal(status, 'ok');
    assert.deepEqual(
      printed.split('\n').map((line) => line.split(/ {2,}/u)),
      [
        ['TIME', 'WHAT', 'OBJECT', 'APPLICATION', 'FIELDS', 'FIELD MANAGERS', 'REVERTED', 'ID'],
        [
          '2026-01-05T08:04:00.000Z',
          'deleted',
          'configmaps/shop/other',
          'checkout (argocd)',
          '-',
          '-',
          '-',
          'D4',
        ],
        [
          '2026-01-05T08:03:00.000Z',
          'changed',
          'configmaps/shop/third',
          'checkout (argocd)',
          'data.greeting',
          'kubectl-edit',
          '-',
          'D3',
        ],
      ],
    );
  });

  it('lists what was reverted with --all, and says when', async (t) => {
    const folder = await journal(t);
    const { printed } = await run(folder, 'list', '--all', 'j');
    const rows = printed.split('\n').map((line) => line.split(/ {2,}/u).slice(-2));
    assert.deepEqual(rows.slice(1), [
      ['-', 'D4'],
      ['-', 'D3'],
      ['yes', 'D2'],
      ['2026-01-05T08:01:00.000Z', 'D0'],
    ]);
    const { printed: json } = await run(
      folder,
      'list',
      '--object',
      'cm/shop/other',
      '-o',
      'json',
      'j',
    );
    const records = parseJsonAs(auditRecordSchema.unwrap().loose().array(), json);
    assert.deepEqual(
      records?.map(({ decisionId }) => decisionId),
      ['D4'],
    );
  });

  it('shows one finding with every change and who wrote since', async (t) => {
    const folder = await journal(t);
    const { status, printed } = await run(folder, 'show', 'D0', 'j');
    assert.deepEqual(
      [status, printed.split('\n')],
      [
        'ok',
        [
          'configmaps/shop/checkout of checkout (argocd): changed',
          'found 2026-01-05T08:00:00.000Z by holdfast-0 in prod, decision D0',
          'reverted 2026-01-05T08:01:00.000Z',
          'changes:',
          '  changed  data.greeting  hello → hacked',
          'field managers that wrote since, the newest first:',
          '  kubectl-edit  Update  2026-01-05T09:00:00Z',
        ],
      ],
    );
    const { printed: deleted } = await run(folder, 'show', 'D4', 'j');
    assert.match(
      deleted,
      /not reverted\nchanges:\n {2}the whole object\n[^\n]+\n {2}none is named$/u,
    );
    const { printed: json } = await run(folder, 'show', 'D4', 'j', '-o', 'json');
    assert.match(json, /"decisionId":"D4"/u);
  });

  it('says where a finding is to be looked for, what is no time, and that there is none', async (t) => {
    const folder = await journal(t);
    const { status, reported } = await run(folder, 'show', 'D9', 'j');
    assert.equal(status, 'usage');
    assert.match(reported, /no finding has the id "D9": `holdfast drift list --all` lists them/u);
    assert.equal((await run(folder, 'list', '--since', 'never', 'j')).status, 'usage');
    assert.equal((await run(folder, 'list', '--namespace', 'none', 'j')).printed, 'No drift');
  });
});
