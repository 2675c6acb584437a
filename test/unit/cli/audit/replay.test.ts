import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { DeadLetters } from '../../../../src/delivery/dead-letters.ts';
import { StateDatabase } from '../../../../src/audit/journal/state-database.ts';
import { auditReplayCommand } from '../../../../src/cli/audit/replay.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';
import { startCloudEventsReceiver } from '../../../support/cloudevents-receiver.ts';
import { sampleEntry } from '../../../support/journal-entries.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const CONFIGURATION = `
audit:
  journal: { folder: journal }
  sinks:
    - { type: file, name: lines, file: out.jsonl, mask: { drop: [message] } }
`;

async function stage(context: TestContext, configuration = CONFIGURATION) {
  const folder = await makeTemporaryFolder(context, { 'holdfast.yaml': configuration });
  mkdirSync(join(folder, 'journal'));
  const { state } = StateDatabase.open(join(folder, 'journal'), 0);
  context.after(() => {
    state.close();
  });
  const store = {
    list: async (space: string) => state.list(space),
    write: async (space: string, changes: Readonly<Record<string, string | undefined>>) => {
      state.write({ space, changes });
    },
  };
  const keep = (sink: string, ...numbers: readonly number[]) =>
    new DeadLetters({ state: store, sink, countMax: 100 }).add(
      numbers.map((number) => ({
        entry: sampleEntry(number),
        reason: 'Too old',
        refusedAt: '2026-01-05T00:00:00.000Z',
      })),
    );
  const run = async (...argv: readonly string[]) => {
    const recorded = recordContext({ workingDirectory: folder });
    const status = await runProgram(['audit', 'replay', ...argv], {
      commands: [auditReplayCommand],
      groups: { audit: 'Audit' },
      version: '0',
      context: recorded.context,
    });
    return { status, printed: recorded.printed(), reported: recorded.reported() };
  };
  return { folder, keep, run };
}

test('holdfast audit replay sends dead letters again, masked as configured now', async (t) => {
  const { folder, keep, run } = await stage(t);
  await keep('lines', 2, 1);

  assert.deepEqual(await run('lines'), {
    status: 'ok',
    printed: '',
    reported: '2 dead letters of "lines" delivered, 0 left',
  });
  const lines = (await readFile(join(folder, 'out.jsonl'), 'utf8')).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => {
      const { sequence, record } = JSON.parse(line) as ReturnType<typeof sampleEntry>;
      return [sequence, record.message];
    }),
    [
      [1, '[masked]'],
      [2, '[masked]'],
    ],
  );
});

test('holdfast audit replay --list shows why each was refused, and sends nothing', async (t) => {
  const { keep, run } = await stage(t);
  await keep('lines', 1);

  const listed = {
    status: 'ok',
    printed: `1  ${sampleEntry(1).record.decisionId}  2026-01-05T00:00:00.000Z  Too old`,
    reported: '1 dead letters of "lines"',
  };
  assert.deepEqual(await run('lines', '--list'), listed);
  assert.deepEqual(await run('lines', '--list'), listed);
});

test('holdfast audit replay --discard forgets them, also of a sink that is gone', async (t) => {
  const { keep, run } = await stage(t);
  await keep('gone', 1, 2);

  assert.equal((await run('gone', '--discard')).reported, '2 dead letters of "gone" discarded');
  assert.equal((await run('gone', '--list')).reported, '0 dead letters of "gone"');
});

test('holdfast audit replay fails where letters are refused again, and where nobody answers', async (t) => {
  const receiver = await startCloudEventsReceiver();
  t.after(() => receiver.stop());
  receiver.interrupt = (request, response) => {
    if (request.headers['content-length'] === undefined) return false;
    response.writeHead(400).end('No');
    return true;
  };
  const { folder, keep, run } = await stage(
    t,
    `audit: { journal: { folder: journal }, sinks: [{ type: webhook, name: siem, url: '${receiver.url}', tls: { caFile: ca.pem } }] }`,
  );
  await keep('siem', 1);
  const id = sampleEntry(1).record.decisionId;

  const unavailable = await run('siem');
  assert.equal(unavailable.status, 'unavailable');
  assert.ok(unavailable.reported.includes(`1  ${id}  unavailable: Cannot read the CA file`));
  await writeFile(join(folder, 'ca.pem'), receiver.authority.cert);
  const refused = await run('siem');

  assert.deepEqual(refused, {
    status: 'failed',
    printed: '',
    reported: `1  ${id}  refused: The target answered 400: No\n0 dead letters of "siem" delivered, 1 left`,
  });
  receiver.interrupt = undefined;
  assert.equal((await run('siem')).status, 'ok');
  assert.deepEqual(receiver.faults, []);
});

test('holdfast audit replay says what is wrong with the question', async (t) => {
  const { keep, run } = await stage(t);
  await keep('other', 1);

  assert.equal((await run('lines', '--list', '--discard')).status, 'usage');
  assert.equal((await run('lines', '--config', 'none.yaml')).status, 'configuration');
  const unknown = await run('other');
  assert.equal(unknown.status, 'usage');
  assert.ok(unknown.reported.includes('There is no sink "other"; configured are: "lines"'));
});

test('holdfast audit replay says where there is no journal', async (t) => {
  const bare = await stage(t, '{}');
  const missing = await stage(t, 'audit: { journal: { folder: elsewhere } }');

  assert.ok((await bare.run('lines')).reported.includes('The configuration has no audit.journal'));
  assert.ok((await missing.run('lines')).reported.includes('There is no journal in'));
});

test('holdfast audit replay says that a damaged state was set aside, with the dead letters in it', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'holdfast.yaml': CONFIGURATION });
  mkdirSync(join(folder, 'journal'));
  await writeFile(join(folder, 'journal', 'state.sqlite'), 'x'.repeat(8192));
  const recorded = recordContext({ workingDirectory: folder });

  const status = await runProgram(['audit', 'replay', 'lines', '--list'], {
    commands: [auditReplayCommand],
    groups: { audit: 'Audit' },
    version: '0',
    context: recorded.context,
  });

  assert.equal(status, 'unavailable');
  assert.match(
    recorded.reported(),
    /The state of the journal in "[^"]+" was damaged \(.*\), and is set aside as broken-\S+-state\.sqlite\./u,
  );
});
