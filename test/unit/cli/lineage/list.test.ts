import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { lineageListCommand } from '../../../../src/cli/lineage/list.ts';
import { lineageShowCommand } from '../../../../src/cli/lineage/show.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { formatVersionRecord } from '../../../../src/compose/format-version-record.ts';
import type { ApplicationName } from '../../../../src/source/commits/deployed-commits.ts';
import type { LineageChange } from '../../../../src/source/lineage/application-lineage.ts';
import { recordContext } from '../../../support/command-context.ts';
import { journalOptions, openTestJournal, sampleRecord } from '../../../support/journal-samples.ts';
import { APPS, SHOP, V1, V2 } from '../../../support/lineage-samples.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function run(workingDirectory: string, ...argv: readonly string[]) {
  const recorded = recordContext({ workingDirectory });
  const status = await runProgram(['lineage', ...argv], {
    commands: [lineageListCommand, lineageShowCommand],
    groups: { lineage: 'Lineage' },
    version: '0',
    context: recorded.context,
  });
  return { status, printed: recorded.printed().trim(), reported: recorded.reported() };
}

const timeOf = (minute: number) => new Date(Date.UTC(2026, 0, 5, 8, minute)).toISOString();

async function writeJournal(
  t: TestContext,
  folder: string,
  entries: readonly (readonly [number, ApplicationName, LineageChange])[],
): Promise<void> {
  const { journal } = await openTestJournal(t, journalOptions(folder));
  for (const [minute, application, change] of entries) {
    await journal.append(
      formatVersionRecord(application, change, {
        decisionId: `D${minute}`,
        time: timeOf(minute),
        cluster: 'prod',
        replica: 'holdfast-0',
        policyRevision: 'p',
        configurationHash: 'h',
      }),
    );
  }
  // A decision that names the code of an entry is none, nor is an entry about something else.
  await journal.append(sampleRecord(1, { code: 'version_deployed' }));
  await journal.append(sampleRecord(2, { code: 'version_deployed', finding: true }));
}

const deployed = (revision: string, isRollback = false): LineageChange => ({
  what: 'deployed',
  revision,
  isRollback,
});

/** Two replicas: the second has seen one deployment more. */
async function journals(t: TestContext): Promise<string> {
  const folder = await makeTemporaryFolder(t);
  const first = [
    [0, SHOP, deployed(V1)],
    [1, SHOP, { what: 'verified', revision: V1, by: 'health' }],
    [2, APPS, deployed(V2)],
  ] as const;
  await writeJournal(t, join(folder, 'r0'), first);
  await writeJournal(t, join(folder, 'r1'), [
    ...first,
    [3, SHOP, deployed(V2)],
    [4, SHOP, { what: 'verified', revision: V2, by: 'statement', verifier: 'ci' }],
    [5, SHOP, deployed(V1, true)],
    [6, SHOP, { what: 'frozen', revision: V1, untilMs: Date.UTC(2999, 0, 5) }],
  ]);
  return folder;
}

describe('holdfast lineage', () => {
  it('lists the version of each application, by the journal that knows more', async (t) => {
    const folder = await journals(t);
    const { status, printed } = await run(folder, 'list', 'r1', 'r0');
    assert.equal(status, 'ok');
    assert.deepEqual(
      printed.split('\n').map((line) => line.split(/ {2,}/u)),
      [
        ['APPLICATION', 'CLUSTER', 'VERSION', 'SINCE', 'VERIFIED', 'VERSIONS', 'FROZEN'],
        [
          'Application argocd/shop',
          'prod',
          V1,
          timeOf(5),
          'health',
          '2',
          '2999-01-05T00:00:00.000Z',
        ],
        ['Kustomization flux-system/apps', 'prod', V2, timeOf(2), '-', '1', '-'],
      ],
    );
  });

  it('shows the versions of one, the newest first', async (t) => {
    const folder = await journals(t);
    const { status, printed } = await run(folder, 'show', 'argocd/shop', 'r0', 'r1');
    assert.equal(status, 'ok');
    assert.deepEqual(
      printed.split('\n').map((line) => line.split(/ {2,}/u)),
      [
        ['Application argocd/shop in prod'],
        ['frozen until 2999-01-05T00:00:00.000Z'],
        ['VERSION', 'DEPLOYED', 'VERIFIED', 'BY'],
        [V2, timeOf(3), timeOf(4), 'ci'],
        [V1, timeOf(5), timeOf(1), 'health', 'current'],
      ],
    );
    const kustomization = ['flux-system/apps', '--kind', 'Kustomization'];
    const flux = await run(folder, 'show', ...kustomization, 'r0');
    assert.match(flux.printed, /^Kustomization flux-system\/apps in prod\nVERSION/u);
    const json = await run(folder, 'show', ...kustomization, 'r0', '-o', 'json');
    assert.deepEqual(JSON.parse(json.printed), [
      {
        cluster: 'prod',
        application: APPS,
        current: V2,
        versions: [
          {
            revision: V2,
            deployedAt: timeOf(2),
            verifiedAt: null,
            verifiedBy: null,
            verifier: null,
          },
        ],
        rollbacksAt: [],
        frozenUntil: null,
      },
    ]);
  });

  it('says what is no application, and that none was recorded', async (t) => {
    const folder = await journals(t);
    const other = await run(folder, 'show', 'argocd/bank', 'r0');
    assert.equal(other.status, 'usage');
    assert.match(other.reported, /no version of Application argocd\/bank was recorded/u);
    const malformed = await run(folder, 'show', 'shop', 'r0');
    assert.equal(malformed.status, 'usage');
    assert.match(malformed.reported, /"shop" is no application: write NAMESPACE\/NAME/u);
    await writeJournal(t, join(folder, 'r2'), []);
    assert.equal((await run(folder, 'list', 'r2')).printed, 'No versions were recorded');
    assert.equal((await run(folder, 'list', 'r2', '-o', 'json')).printed, '[]');
  });
});
