import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { COMMANDS, COMMAND_GROUPS } from '../../../../src/cli/commands.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { formatTable, parseTable } from '../../../../src/identity/credentials/stored-table.ts';
import type { CredentialTable } from '../../../../src/identity/credentials/credential-table.ts';
import { recordContext } from '../../../support/command-context.ts';
import { startFakeApiServer } from '../../../support/fake-api-server.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const PATH = '/api/v1/namespaces/holdfast-system/secrets/holdfast-credentials';
const manager = 'system:kube-controller-manager';
const seen = { firstSeenMs: 1_767_225_600_000, lastSeenMs: 1_767_225_600_000 };
const known = {
  fingerprint: 'a'.repeat(32),
  kind: 'certificate',
  learnedBy: 'first',
  ...seen,
} as const;
const renewed = { fingerprint: 'b'.repeat(32), kind: 'certificate', ...seen } as const;
const forged = { fingerprint: 'c'.repeat(32), kind: 'certificate', ...seen } as const;

function tableOf(
  entries: CredentialTable['identities'] extends ReadonlyMap<string, infer E> ? E : never,
) {
  // Now, so that nothing is too old.
  const young = entries.map((entry) => ({
    ...entry,
    lastSeenMs: Math.floor(Date.now() / 1000) * 1000,
  }));
  return { createdMs: 0, identities: new Map([[manager, young]]) };
}

/** Runs the commands of the group with the configuration of a folder. */
function runIn(workingDirectory: string) {
  return async (...argv: readonly string[]) => {
    const recorded = recordContext({ workingDirectory });
    const status = await runProgram(['credential', ...argv], {
      commands: COMMANDS,
      groups: COMMAND_GROUPS,
      version: '0',
      context: recorded.context,
    });
    return { status, printed: recorded.printed(), reported: recorded.reported() };
  };
}

async function openDesk(t: TestContext, table: CredentialTable) {
  const server = await startFakeApiServer();
  t.after(() => server.stop());
  const kubernetes = { kubeconfigFile: server.kubeconfigFile };
  const folder = await makeTemporaryFolder(t, {
    'holdfast.yaml': JSON.stringify({ kubernetes }),
  });
  const store = (text: string) => {
    server.answer(PATH, {
      body: {
        metadata: { name: 'holdfast-credentials', resourceVersion: '1' },
        data: {
          key: Buffer.alloc(32, 1).toString('base64'),
          'credentials.json': Buffer.from(text).toString('base64'),
        },
      },
    });
  };
  store(formatTable(table));
  let written: CredentialTable | undefined;
  server.answerWrites(({ body }) => {
    const data: unknown = Reflect.get(Object(body), 'data');
    const encoded: unknown = Reflect.get(Object(data), 'credentials.json');
    const text = Buffer.from(String(encoded), 'base64').toString();
    written = parseTable(text);
    store(text);
    return { body };
  });
  const run = runIn(folder);
  return { run, written: () => written?.identities.get(manager) };
}

test('credential list shows what is known and what is not, and no id', async (t) => {
  const { run } = await openDesk(t, tableOf([known, renewed]));

  const all = await run('list');
  const unknown = await run('list', '--unknown');

  assert.match(
    all.printed,
    /^system:kube-controller-manager {2}certificate {2}a{12} {2}known \(first\)/u,
  );
  assert.match(
    unknown.printed,
    /^system:kube-controller-manager {2}certificate {2}b{12} {2}unknown/u,
  );
  assert.equal(unknown.printed.includes('aaaa'), false);
});

test('credential accept makes the one that is unknown known', async (t) => {
  const { run, written } = await openDesk(t, tableOf([known, renewed]));

  const accepted = await run('accept', manager);

  assert.equal(accepted.printed, `accepted certificate bbbbbbbbbbbb of ${manager}`);
  assert.deepEqual(
    written()?.map(({ learnedBy }) => learnedBy),
    ['first', 'accepted'],
  );
});

test('credential accept chooses none of several by itself', async (t) => {
  const { run, written } = await openDesk(t, tableOf([known, renewed, forged]));

  const unclear = await run('accept', manager);
  const clear = await run('accept', manager, 'bbbb');

  assert.equal(unclear.status, 'failed');
  assert.match(unclear.reported, /name one of b{12}, c{12}/u);
  assert.equal(clear.status, 'ok');
  assert.deepEqual(
    written()?.map(({ learnedBy }) => learnedBy),
    ['first', undefined, 'accepted'],
  );
});

test('credential accept and forget say that there is nothing to accept or forget', async (t) => {
  const { run } = await openDesk(t, tableOf([known]));

  assert.match((await run('accept', manager)).reported, /has shown no unknown credential$/u);
  assert.match((await run('forget', 'somebody')).reported, /"somebody" has shown no credential$/u);
});

test('credential forget takes back one, or all', async (t) => {
  const { run, written } = await openDesk(t, tableOf([known, renewed]));

  assert.equal((await run('forget', manager, 'bb')).printed, `forgot 1 of ${manager}`);
  assert.equal(written()?.length, 1);
  assert.equal((await run('forget', manager)).printed, `forgot 1 of ${manager}`);
  assert.equal(written(), undefined);
});

test('credential commands report an invalid configuration, and ask no cluster', async (t) => {
  const server = await startFakeApiServer();
  t.after(() => server.stop());
  const folder = await makeTemporaryFolder(t, {
    'holdfast.yaml': JSON.stringify({ identity: { credentials: { mode: 'sometimes' } } }),
  });
  const run = runIn(folder);

  for (const argv of [['list'], ['accept', manager], ['forget', manager]]) {
    const { status, printed, reported } = await run(...argv, '--kubeconfig', server.kubeconfigFile);
    assert.deepEqual({ status, printed }, { status: 'configuration', printed: '' });
    assert.match(reported, /identity\.credentials\.mode/u);
  }
  assert.deepEqual(server.requests, []);
});
