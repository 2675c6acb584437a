import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import type { AuditRecord } from '../../../../src/audit/audit-record.ts';
import { segmentName } from '../../../../src/audit/journal/segment-files.ts';
import { reportCommand } from '../../../../src/cli/report/report.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';
import { buildJournal } from '../../../support/journal/build-journal.ts';
import { sampleRecord } from '../../../support/journal/sample-record.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function run(workingDirectory: string, ...argv: readonly string[]) {
  const recorded = recordContext({ workingDirectory });
  const status = await runProgram(['report', ...argv], {
    commands: [reportCommand],
    groups: {},
    version: '0',
    context: recorded.context,
  });
  return { status, printed: recorded.printed(), reported: recorded.reported() };
}

const CODE = 'managed_object_changed';
const KEDA = 'system:serviceaccount:keda:keda-operator';
/** All samples, and some days before and after. */
const PERIOD = ['--since=2026-11-20', '--until=2026-11-20T08:01Z'];

/** A record that nobody objected to. */
function quiet(number: number, changes: Partial<AuditRecord> = {}): AuditRecord {
  const policies = [
    { policy: 'gitops_only_writes', mode: 'warn', status: 'passed', codes: [] },
  ] as const;
  return sampleRecord(number, {
    allowed: true,
    code: 'allowed',
    message: '',
    policies,
    ...changes,
  });
}

/** A record of what only the mode let pass. */
function unenforced(number: number, changes: Partial<AuditRecord> = {}): AuditRecord {
  return quiet(number, {
    managedBy: { tool: 'argocd', app: 'checkout' },
    wouldDeny: { code: CODE, message: `Managed\nChange it in Git\n(${CODE})` },
    policies: [
      {
        policy: 'gitops_only_writes',
        mode: 'warn',
        status: 'warned',
        codes: [CODE],
        wouldDeny: true,
      },
      { policy: 'advice', mode: 'audit', status: 'audited', codes: ['x'], wouldDeny: false },
    ],
    change: {
      semantic: true,
      truncated: false,
      protectedKeys: [],
      paths: [{ path: 'spec.replicas', segments: ['spec', 'replicas'], kind: 'changed' }],
    },
    ...changes,
  });
}

const keda = (number: number, changes: Partial<AuditRecord> = {}) =>
  unenforced(number, { user: { username: KEDA, groups: [], extra: {} }, ...changes });

describe('holdfast report', () => {
  it('begins with the answer, and shows what breaks most first, with what to do about it', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await buildJournal(join(folder, 'j'), {
      segments: [4, 2],
      record: (number) =>
        [quiet, keda, unenforced, keda, quiet, quiet][number - 1]?.(number) ?? quiet(number),
    });

    const { status, printed } = await run(folder, ...PERIOD, 'j');

    assert.equal(status, 'failed');
    const lines = printed.split('\n');
    assert.deepEqual(lines.slice(0, 2), [
      'If you enforced today, 3 writes by 2 users would have been refused in 1 minute.',
      '2026-11-20T00:00:00Z to 2026-11-20T08:01:00Z: 6 recorded requests, in 1 journal.',
    ]);
    assert.deepEqual(
      lines.slice(3, 6).map((line) => line.split(/ {2,}/u)),
      [
        ['#', 'REFUSED', 'USER', 'APPLICATION', 'RESOURCE', 'FIELDS', 'CODE', 'POLICIES'],
        [
          '1',
          '2',
          KEDA,
          'argocd checkout',
          'UPDATE deployments.apps',
          'spec.replicas',
          CODE,
          'gitops_only_writes',
        ],
        [
          '2',
          '1',
          'user-3',
          'argocd checkout',
          'UPDATE deployments.apps',
          'spec.replicas',
          CODE,
          'gitops_only_writes',
        ],
      ],
    );
    assert.ok(
      printed.includes(
        '\n  1: If the operator "keda-operator" of keda is meant to do this, let it. The preset "keda" does not cover all that the account did, and excludes an entry.\n       identity:\n         operators:\n',
      ),
    );
    assert.ok(printed.includes('\n  2: Change it in Git\n'));
    assert.ok(
      printed.includes(
        '  - j begins at 2026-11-20T08:00:01Z: nothing is known of the 8 hours before.',
      ),
    );
  });

  it('ends well where nothing would have been refused', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await buildJournal(join(folder, 'j'), { segments: [3], record: (number) => quiet(number) });

    const { status, printed } = await run(folder, ...PERIOD, 'j');

    assert.equal(status, 'ok');
    assert.equal(
      printed.split('\n')[0],
      'Nothing would have been refused in 1 minute over 3 writes.',
    );
  });

  it('proves nothing by a journal without a record of the time', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await buildJournal(join(folder, 'j'), { segments: [3], record: (number) => quiet(number) });

    const { status, printed } = await run(folder, '--since=2026-11-21', '--until=2026-11-22', 'j');

    assert.equal(status, 'failed');
    assert.equal(printed.split('\n')[0], 'Nothing was recorded in this time, so nothing is known.');
  });

  it('says of records of earlier versions that they do not tell', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const policies = [
      { policy: 'gitops_only_writes', mode: 'warn', status: 'warned', codes: [CODE] },
    ] as const;
    await buildJournal(join(folder, 'j'), {
      segments: [3],
      record: (number) => quiet(number, number === 2 ? { policies } : {}),
    });

    const { status, printed } = await run(folder, ...PERIOD, 'j');

    assert.equal(status, 'failed');
    assert.match(
      printed,
      /^Nothing is known to have been refused in 1 minute, but 1 write cannot/u,
    );
    assert.ok(printed.includes('  - 1 record of an earlier version do'));
  });

  it('tells entries that are missing, damaged segments and what is no record', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const path = join(folder, 'j');
    const { files } = await buildJournal(path, { segments: [3, 3, 3], record: (n) => quiet(n) });
    copyFileSync(files[0] ?? '', join(path, 'broken-2026-11-20T08-00-00-000Z-segment.sqlite'));
    chmodSync(files[1] ?? '', 0o600);
    unlinkSync(files[1] ?? '');
    const database = new DatabaseSync(join(path, segmentName(7)));
    database.exec(
      "DELETE FROM entries WHERE sequence = 8; UPDATE entries SET record = '{' WHERE sequence = 9",
    );
    database.close();

    const { printed } = await run(folder, ...PERIOD, 'j');

    for (const sentence of [
      '4 entries are missing in j: run holdfast audit verify.',
      '1 entry is no record: run holdfast audit verify.',
      'broken-2026-11-20T08-00-00-000Z-segment.sqlite of j is damaged, was set aside and is not read.',
    ]) {
      assert.ok(printed.includes(`  - ${sentence}`), printed);
    }
  });

  it('names what is off in the configuration, and what judged before', async (t) => {
    const folder = await makeTemporaryFolder(t, {
      'holdfast.yaml':
        'policies: { namespaces: { "dev-*": off }, settings: { image_tags: { mode: off, overrides: [{ namespaces: [a], mode: warn }, { namespaces: [b], mode: off }] } } }\naudit: { recordFailure: allow }\n',
    });
    await buildJournal(join(folder, 'j'), {
      segments: [3],
      record: (number) => quiet(number, { configurationHash: number < 3 ? 'a' : 'b' }),
    });

    const { printed } = await run(folder, ...PERIOD, 'j');

    for (const sentence of [
      'policies.namespaces.dev-* is off: what would be refused there was not judged.',
      'policies.settings.image_tags.mode is off: what would be refused there was not judged.',
      'policies.settings.image_tags.overrides[1] is off: what would be refused there was not judged.',
      '2 requests were judged by an earlier configuration or policy bundle than the last',
      'audit.recordFailure is allow: a record that could not be written is a log line',
    ]) {
      assert.ok(printed.includes(`  - ${sentence}`), printed);
    }
    assert.ok(!printed.includes('No configuration was read'));
  });

  it('counts refusals that happened already apart, also those of a fold', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const { time } = sampleRecord(1);
    const counts = { part: 1, count: 41, first: time, last: time, requestUids: [] };
    await buildJournal(join(folder, 'j'), {
      segments: [3],
      record: (number) =>
        [unenforced(1), sampleRecord(3), sampleRecord(3, { folded: { by: 'request', ...counts } })][
          number - 1
        ] ?? quiet(number),
    });

    const { printed } = await run(folder, ...PERIOD, 'j');

    assert.match(printed, /: 43 recorded requests, 42 of them refused already, in 1 journal\.\n/u);
  });

  it('reads the part of the cluster that is asked for, of several replicas', async (t) => {
    const folder = await makeTemporaryFolder(t);
    for (const name of ['r0', 'r1']) {
      await buildJournal(join(folder, name), { segments: [6], record: (number) => keda(number) });
    }

    const { printed } = await run(folder, ...PERIOD, '--namespace=shop', '-o', 'json', 'r0', 'r1');
    const report: unknown = JSON.parse(printed);

    assert.partialDeepStrictEqual(report, {
      requests: 4,
      wouldDeny: 4,
      users: 1,
      namespaces: [{ namespace: 'shop', requests: 4, wouldDeny: 4 }],
      journals: [{ name: 'r0' }, { name: 'r1' }],
      groups: [
        {
          username: KEDA,
          actorClass: 'other',
          application: 'argocd checkout',
          group: 'apps',
          resource: 'deployments',
          code: CODE,
          policies: ['gitops_only_writes'],
          count: 4,
          operations: ['UPDATE'],
          fields: ['spec.replicas'],
          namespaces: ['shop'],
          example: { operation: 'UPDATE', object: 'deployments.apps shop/app-6' },
        },
      ],
    });
  });

  it('counts no dry run as a write of its own kind, no finding and no patch', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await buildJournal(join(folder, 'j'), {
      segments: [3],
      record: (number) =>
        [keda(1, { dryRun: true }), keda(2, { finding: true }), keda(3, { route: 'mutate' })][
          number - 1
        ] ?? quiet(number),
    });

    const { printed } = await run(folder, ...PERIOD, 'j');

    assert.match(printed, /^If you enforced today, 1 write by 1 user /u);
    assert.match(printed, /\n1 {2}1 \(1 dry\) {2}system:/u);
  });

  it('lets no name move the cursor or leave its cell', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const username = 'eve\u001b[2J|[x](http://y)\n# <b>';
    await buildJournal(join(folder, 'j'), {
      segments: [1],
      record: (number) => unenforced(number, { user: { username, groups: [], extra: {} } }),
    });

    const table = await run(folder, ...PERIOD, 'j');
    const markdown = await run(folder, ...PERIOD, '-o', 'markdown', 'j');

    assert.ok(table.printed.includes('eve\u{FFFD}[2J|[x](http://y)\u{FFFD}# <b>'));
    assert.ok(
      markdown.printed.includes(String.raw`| eve�\[2J\|\[x\](http://y)�\# \<b\> |`),
      markdown.printed,
    );
  });

  it('shows as many lines as it is told, and says how many there are', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await buildJournal(join(folder, 'j'), {
      segments: [7],
      record: (number) => unenforced(number),
    });

    const { printed } = await run(folder, ...PERIOD, '--limit=2', 'j');

    assert.match(printed, /\n2 {2}1 .*\nand 5 more lines \(--limit\)\n/u);
  });

  for (const [what, argv, reported] of [
    ['a folder that is no journal', ['empty'], /There is no journal in the folder "empty"/u],
    ['a folder that is not there', ['none'], /There is no folder "none"/u],
    ['no folder at all', [], /The configuration has no audit\.journal/u],
    ['a time that is none', ['--since=soon', 'empty'], /--since wants a time/u],
    ['a limit that is none', ['--limit=0', 'empty'], /--limit wants a number/u],
  ] as const) {
    it(`refuses ${what}`, async (t) => {
      const folder = await makeTemporaryFolder(t, { 'empty/readme': '' });

      const result = await run(folder, ...argv);

      assert.equal(result.status, 'usage');
      assert.equal(result.printed, '');
      assert.match(result.reported, reported);
    });
  }

  it('refuses a configuration that is invalid', async (t) => {
    const folder = await makeTemporaryFolder(t, { 'bad.yaml': 'x: 1' });
    await buildJournal(join(folder, 'j'), { segments: [1] });

    const { status } = await run(folder, '--config=bad.yaml', 'j');

    assert.equal(status, 'configuration');
  });
});
