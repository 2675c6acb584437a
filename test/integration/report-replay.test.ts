/** `holdfast report --replay` with the real policies, beside an API server that answers for the live objects. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { AuditRecord } from '../../src/audit/audit-record.ts';
import { reportCommand } from '../../src/cli/report/report.ts';
import { runProgram } from '../../src/cli/program.ts';
import { recordContext } from '../support/command-context.ts';
import { startFakeApiServer, type FakeApiServer } from '../support/fake-api-server.ts';
import { buildJournal } from '../support/journal/build-journal.ts';
import { sampleRecord } from '../support/journal/sample-record.ts';
import { bundleFolder } from '../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const USERNAME = 'system:serviceaccount:argocd:argocd-application-controller';
const PERIOD = ['--since=2026-11-20', '--until=2026-11-20T08:01Z'];

/** A write of Argo CD's controller with the token of its pod, as the webhook has recorded it. */
function writerRecord(
  number: number,
  name: string,
  changes: Partial<AuditRecord> = {},
): AuditRecord {
  return sampleRecord(number, {
    user: {
      username: USERNAME,
      uid: 'u-1',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:argocd', 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/pod-name': ['argocd-application-controller-0'],
        'authentication.kubernetes.io/pod-uid': ['p-1'],
      },
    },
    actor: { class: 'gitops', proof: { grade: 'pod-bound', sufficient: true, reason: '' } },
    managedBy: { tool: 'argocd', app: 'checkout' },
    object: { ...sampleRecord(1).object, namespace: 'shop', name },
    change: {
      semantic: true,
      truncated: false,
      protectedKeys: [],
      paths: [
        {
          path: 'spec.replicas',
          segments: ['spec', 'replicas'],
          kind: 'changed',
          from: '2',
          to: '5',
        },
      ],
    },
    allowed: true,
    code: 'allowed',
    message: '',
    policies: [{ policy: 'gitops_only_writes', mode: 'warn', status: 'passed', codes: [] }],
    ...changes,
  });
}

function deployment(name: string, image: string): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace: 'shop',
      uid: `u-${name}`,
      annotations: {
        'argocd.argoproj.io/tracking-id': `checkout:apps/Deployment:shop/${name}`,
      },
    },
    spec: {
      replicas: 5,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'app', image }] },
      },
    },
  };
}

async function startCluster(t: TestContext): Promise<FakeApiServer> {
  const server = await startFakeApiServer();
  t.after(() => server.stop());
  const path = (name: string) => `/apis/apps/v1/namespaces/shop/deployments/${name}`;
  for (const [name, image] of [
    ['app-1', 'registry.example.com/app:1.2.3'],
    ['app-2', 'registry.example.com/app:latest'],
    ['app-3', 'registry.example.com/app:1.2.3'],
  ] as const) {
    server.answer(path(name), { body: deployment(name, image) });
  }
  server.answer(path('app-5'), {
    status: 403,
    body: { kind: 'Status', apiVersion: 'v1', code: 403, message: 'forbidden' },
  });
  return server;
}

async function run(t: TestContext, records: readonly AuditRecord[], ...argv: readonly string[]) {
  const { kubeconfigFile } = await startCluster(t);
  const configuration = {
    policies: { bundle: await bundleFolder(), settings: { image_tags: { mode: 'warn' } } },
    identity: { writers: [{ name: 'argocd', username: USERNAME, tool: 'argocd' }] },
  };
  const folder = await makeTemporaryFolder(t, {
    'holdfast.yaml': JSON.stringify(configuration),
  });
  await buildJournal(join(folder, 'j'), {
    segments: [records.length],
    record: (number) => records[number - 1] ?? sampleRecord(number),
  });
  const recorded = recordContext({ workingDirectory: folder });
  const status = await runProgram(
    ['report', ...PERIOD, '--replay', `--kubeconfig=${kubeconfigFile}`, ...argv, 'j'],
    { commands: [reportCommand], groups: {}, version: '0', context: recorded.context },
  );
  return { status, printed: recorded.printed(), reported: recorded.reported() };
}

test('a write of the GitOps controller that would pass is no surprise', async (t) => {
  const { status, printed, reported } = await run(t, [writerRecord(1, 'app-1')]);

  assert.equal(status, 'ok', printed + reported);
  assert.match(printed, /^Nothing would have been refused in 1 minute over 1 write\.\n/u);
  assert.ok(printed.includes('judged again:\n  1 of 1 write would pass\n'), printed);
});

test('what the configuration of now would refuse is shown with its message, though it passed before', async (t) => {
  const { status, printed } = await run(t, [writerRecord(1, 'app-2', { operation: 'CREATE' })]);

  assert.equal(status, 'failed');
  assert.ok(
    printed.startsWith(
      'Nothing would have been refused in 1 minute over 1 write. Judged again, 1 write of a GitOps controller would be refused.\n',
    ),
    printed,
  );
  assert.ok(
    printed.includes(
      `\n  refused: CREATE deployments.apps shop/app-2 by ${USERNAME}: image_tag_refused\n`,
    ),
    printed,
  );
});

test('a controller without the proof that its entry asks for would be stopped', async (t) => {
  const user = { username: USERNAME, groups: ['system:authenticated'], extra: {} };
  const { status, printed } = await run(t, [writerRecord(1, 'app-3', { user })], '-o', 'json');

  assert.equal(status, 'failed');
  assert.partialDeepStrictEqual(JSON.parse(printed), {
    replay: {
      writes: 1,
      allowed: 0,
      refused: [{ username: USERNAME, operation: 'UPDATE', object: 'deployments.apps shop/app-3' }],
      notReplayed: [],
    },
  });
});

test('what cannot be judged again says why', async (t) => {
  const { object } = writerRecord(1, 'app-1');
  const { printed } = await run(t, [
    writerRecord(1, 'app-1'),
    writerRecord(2, 'app-4'),
    writerRecord(3, 'app-5'),
    writerRecord(4, 'app-6', { operation: 'DELETE' }),
    writerRecord(5, 'app-1', { object: { ...object, subresource: 'status' } }),
  ]);

  for (const line of [
    '1 of 5 writes would pass',
    'not judged: 1 write, such as deployments.apps shop/app-4: the object is gone',
    'not judged: 1 write, such as deployments.apps shop/app-6: it was a deletion, and the object that it deleted is gone',
    'not judged: 1 write, such as deployments.apps/status shop/app-1: it was a write to a subresource',
  ]) {
    assert.ok(printed.includes(`\n  ${line}\n`), printed);
  }
  assert.match(
    printed,
    /not judged: 1 write, such as deployments\.apps shop\/app-5: .*403|forbidden/u,
  );
});

test('a cluster that is not there is told, and nothing is claimed', async (t) => {
  const { status, printed, reported } = await run(
    t,
    [writerRecord(1, 'app-1')],
    '--kubeconfig=none.yaml',
  );

  assert.notEqual(status, 'ok');
  assert.equal(printed, '');
  assert.match(reported, /none\.yaml/u);
});
