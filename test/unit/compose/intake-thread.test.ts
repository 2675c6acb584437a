/** What the intake thread does, outside of a thread: a real server, on a fake API server. */
import assert from 'node:assert/strict';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { FoundByOthers } from '../../../src/compose/intake-messages.ts';
import { beginIntake } from '../../../src/compose/intake-thread.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { sentAuditEvent, sentEventList } from '../../support/audit-event-samples.ts';
import { serverCertificatesOf } from '../../support/certificates.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import { createHttpsClient } from '../../support/https-client.ts';
import { report } from '../../support/intake-server-stage.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { sentFalcoEvent, sentNotification } from '../../support/reported-events.ts';
import { drawText } from '../../support/sample-credentials.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const SETTINGS = '/api/v1/namespaces/argocd/configmaps';
const OBJECT = '/api/v1/namespaces/shop/configmaps/checkout';
const TRACKED = {
  'argocd.argoproj.io/tracking-id': 'checkout:/ConfigMap:shop/checkout',
};

async function stage(
  t: TestContext,
  more: object = {},
  environment: Readonly<Record<string, string>> = {},
) {
  const { authority, server: pair } = serverCertificatesOf('holdfast');
  const token = drawText(40);
  const folder = await makeTemporaryFolder(t, {
    'tls.crt': pair.cert,
    'tls.key': pair.key,
    token,
  });
  const api = await startFakeApiServer();
  t.after(() => api.stop());
  api.answer(SETTINGS, { body: { metadata: { resourceVersion: '5' }, items: [] } });
  const configuration = configurationSchema.parse({
    audit: { journal: { folder: join(folder, 'journal') } },
    kubernetes: { kubeconfigFile: api.kubeconfigFile },
    server: {
      tls: { certificateFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') },
    },
    intake: { port: 0, audit: { token: { file: join(folder, 'token') } } },
    ...more,
  });
  const telemetry = recordTelemetry();
  const sent: FoundByOthers[] = [];
  const work = await beginIntake(
    { configuration, environment },
    {
      ...telemetry,
      send: (found) => {
        sent.push(found);
        setImmediate(() => work.receive?.({ number: found.number, decisionId: 'D1' }));
      },
    },
  );
  t.after(() => work.stop());
  const { url } = telemetry.entries.find(({ fields }) => 'url' in fields)?.fields ?? {};
  const client = createHttpsClient(String(url), { ca: authority.cert });
  t.after(() => {
    client.close();
  });
  const post = (body: unknown, shown = token, path = '/audit') =>
    report(client, {
      path,
      token: shown,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { api, work, sent, post, telemetry };
}

describe('beginIntake()', () => {
  it('has what the audit log says of a managed object recorded, and answers then', async (t) => {
    const on = await stage(t);
    const responseObject = {
      kind: 'ConfigMap',
      metadata: { name: 'checkout', namespace: 'shop', annotations: TRACKED },
    };
    const { httpStatus } = await on.post(sentEventList([sentAuditEvent({ responseObject }), {}]));
    assert.equal(httpStatus, 200);
    assert.deepEqual(
      on.sent.map(({ finding: { code, managedBy, user } }) => [code, managedBy, user?.username]),
      [['write_unjudged', { tool: 'argocd', app: 'checkout' }, 'alice']],
    );
    const source = 'source="kubernetes-audit"';
    assert.deepEqual(
      await on.telemetry.exposed(`holdfast_intake_events_total{${source},outcome="malformed"}`),
      [`holdfast_intake_events_total{${source},outcome="malformed"} 1`],
    );
    assert.equal(on.work.problem(), undefined);
  });

  it('reads who manages the object where the event does not have it', async (t) => {
    const on = await stage(t);
    on.api.answer(OBJECT, {
      body: { kind: 'ConfigMap', metadata: { name: 'checkout', annotations: TRACKED } },
    });
    await on.post(sentEventList([sentAuditEvent({ responseObject: null })]));
    assert.equal(on.sent[0]?.finding.managedBy?.app, 'checkout');
    const other = sentAuditEvent({
      auditID: 'other',
      responseObject: null,
      objectRef: { resource: 'nodes', name: 'n1', apiVersion: 'v1' },
    });
    on.api.answer('/api/v1/nodes/n1', { body: { kind: 'Node', metadata: { name: 'n1' } } });
    await on.post(sentEventList([other]));
    assert.equal(on.sent.length, 1, 'nobody manages it');
    const unnamed = { resource: 'nodes', name: '..', apiVersion: 'v1' };
    await on.post(sentEventList([{ ...other, auditID: 'x', objectRef: unnamed }]));
    assert.equal(on.sent.length, 2, 'what cannot be read may be managed');
  });

  it('takes all of a namespace for managed where only GitOps may write', async (t) => {
    const on = await stage(t, { ownership: { gitopsOnlyNamespaces: ['shop'] } });
    await on.post(sentEventList([sentAuditEvent()]));
    assert.deepEqual(on.sent[0]?.finding.managedBy, { tool: 'scope', app: 'shop' });
  });

  it('knows who writes, and where nobody is asked, by the configuration', async (t) => {
    const on = await stage(t, {
      identity: { writers: [{ name: 'argocd', username: 'alice', tool: 'argocd' }] },
      ownership: { gitopsOnlyNamespaces: ['shop', 'free'], exemptNamespaces: ['free'] },
    });
    const free = { resource: 'configmaps', namespace: 'free', name: 'a', apiVersion: 'v1' };
    await on.post(sentEventList([sentAuditEvent({ auditID: 'a', objectRef: free })]));
    assert.equal(on.sent.length, 0);
    await on.post(sentEventList([sentAuditEvent()]));
    assert.equal(on.sent[0]?.finding.code, 'writer_unjudged');
  });

  it('asks in a trial about its namespaces alone', async (t) => {
    const on = await stage(t, {
      registration: { profile: 'trial', pilotNamespaces: ['pilot'] },
      ownership: { gitopsOnlyNamespaces: ['shop'] },
    });
    await on.post(sentEventList([sentAuditEvent()]));
    assert.equal(on.sent.length, 0);
  });

  it('refuses what is no batch, and what is not JSON, with the reason', async (t) => {
    const on = await stage(t);
    const answers = [];
    for (const body of ['{}', '{"a":1,"a":2}']) {
      const answer = await on.post(body);
      answers.push([answer.httpStatus, (JSON.parse(answer.body) as { message: string }).message]);
    }
    assert.deepEqual(answers, [
      [
        400,
        'The report cannot be read: it is no EventList of audit.k8s.io/v1 at "apiVersion" (intake_unreadable)',
      ],
      [400, 'The report cannot be read: The key "a" is written twice (intake_unreadable)'],
    ]);
  });

  it('says that a token cannot be read, once, until it can', async (t) => {
    const on = await stage(t, {
      intake: { port: 0, audit: { token: { env: 'HOLDFAST_NO_SUCH_TOKEN' } } },
    });
    for (let turn = 0; turn < 3; turn += 1) {
      assert.equal((await on.post('{}')).httpStatus, 401);
    }
    const problem = 'The environment variable "HOLDFAST_NO_SUCH_TOKEN" is not set';
    assert.equal(on.work.problem(), problem);
    assert.equal(on.telemetry.entries.filter(({ level }) => level === 'error').length, 1);
  });

  it('records what was counted when it ends', async (t) => {
    const on = await stage(t, { ownership: { gitopsOnlyNamespaces: ['shop'] } });
    const events = ['a', 'b', 'c'].map((auditID) => sentAuditEvent({ auditID }));
    await on.post(sentEventList(events));
    assert.equal(on.sent.length, 1);
    await on.work.stop();
    await waitUntil(() => on.sent.length === 2);
    assert.equal(on.sent[1]?.finding.observed.repeated, 1);
  });

  it('takes the audit log from a file, without a port, and goes on where it has stopped', async (t) => {
    const files = await makeTemporaryFolder(t, { 'audit.log': '' });
    const path = join(files, 'audit.log');
    const kept = join(files, 'journal');
    const more = {
      audit: { journal: { folder: kept } },
      ownership: { gitopsOnlyNamespaces: ['shop'] },
      intake: { audit: { file: { path, pollMs: 50 } } },
    };
    const first = await stage(t, more);
    const write = (auditID: string, name: string) => {
      const objectRef = { resource: 'configmaps', namespace: 'shop', name };
      return appendFile(path, `${JSON.stringify(sentAuditEvent({ auditID, objectRef }))}\n`);
    };
    // Its end is known once it was looked at.
    await waitUntil(async () => {
      await write(`a${first.sent.length}`, 'a');
      return first.sent.length > 0;
    });
    assert.equal(
      first.telemetry.entries.some(({ fields }) => 'url' in fields),
      false,
    );
    await waitUntil(() =>
      readFile(join(kept, 'intake-audit-file.json')).then(
        () => true,
        () => false,
      ),
    );
    await first.work.stop();
    await write('b', 'b');
    const second = await stage(t, more);
    await waitUntil(() => second.sent.some(({ finding }) => finding.object.name === 'b'));
  });

  it('takes what Falco, Argo CD and a pipeline report, each by its own token', async (t) => {
    const tokens = { FALCO: drawText(40), ARGOCD: drawText(40), TERRAFORM: drawText(40) };
    const on = await stage(
      t,
      {
        intake: {
          port: 0,
          falco: { token: { env: 'FALCO' } },
          argocd: { token: { env: 'ARGOCD' } },
          terraform: { token: { env: 'TERRAFORM' } },
        },
      },
      tokens,
    );
    const owner = (kind: string, name: string, apiVersion = 'apps/v1') => ({
      ownerReferences: [{ apiVersion, kind, name, uid: 'u', controller: true }],
    });
    on.api.answer('/api/v1/namespaces/shop/pods/checkout-5d4f', {
      body: {
        kind: 'Pod',
        metadata: { name: 'checkout-5d4f', ...owner('ReplicaSet', 'checkout-5') },
      },
    });
    on.api.answer('/apis/apps/v1/namespaces/shop/replicasets/checkout-5', {
      body: {
        kind: 'ReplicaSet',
        metadata: { name: 'checkout-5', ...owner('Deployment', 'checkout') },
      },
    });
    on.api.answer('/apis/apps/v1/namespaces/shop/deployments/checkout', {
      body: {
        kind: 'Deployment',
        metadata: {
          name: 'checkout',
          annotations: {
            'argocd.argoproj.io/tracking-id': 'checkout:apps/Deployment:shop/checkout',
          },
        },
      },
    });
    const plan = {
      format_version: '1.2',
      resource_changes: [],
      resource_drift: [
        {
          address: 'aws_s3_bucket.a',
          type: 'aws_s3_bucket',
          change: { actions: ['update'], before: { a: 1 }, after: { a: 2 } },
        },
      ],
    };
    const statuses = [];
    for (const [path, token, body] of [
      ['/falco', tokens.FALCO, sentFalcoEvent()],
      ['/argocd', tokens.ARGOCD, sentNotification()],
      ['/terraform?workspace=prod', tokens.TERRAFORM, plan],
      ['/terraform?workspace=prod', tokens.FALCO, plan],
      ['/terraform', tokens.TERRAFORM, plan],
      ['/terraform?workspace=..%2f', tokens.TERRAFORM, plan],
      ['/terraform?workspace=a', tokens.TERRAFORM, {}],
      ['/falco', tokens.FALCO, {}],
      ['/argocd', tokens.ARGOCD, {}],
      ['/audit', tokens.FALCO, {}],
    ] as const) {
      statuses.push((await on.post(body, token, path)).httpStatus);
    }
    assert.deepEqual(statuses, [200, 200, 200, 401, 400, 400, 400, 400, 400, 404]);
    assert.deepEqual(
      on.sent.map(({ finding: { code, managedBy, object } }) => [
        code,
        managedBy?.app,
        object.name,
      ]),
      [
        ['runtime_suspicion', 'checkout', 'checkout-5d4f'],
        ['application_sync_failed', 'checkout', 'checkout'],
        ['terraform_drift_found', undefined, 'prod'],
      ],
    );
  });

  it('follows a pod to what made it, as far as that can be read, and not for ever', async (t) => {
    const on = await stage(
      t,
      { intake: { port: 0, falco: { token: { env: 'FALCO' } } } },
      { FALCO: 'token-of-falco' },
    );
    const serve = (name: string, made?: string): void => {
      const by = { apiVersion: 'v1', kind: 'Pod', name: made ?? '', uid: 'u', controller: true };
      on.api.answer(`/api/v1/namespaces/shop/pods/${name}`, {
        body: {
          kind: 'Pod',
          metadata: { name, ...(made !== undefined && { ownerReferences: [by] }) },
        },
      });
    };
    serve('alone');
    serve('round', 'round');
    serve('lost', 'gone');
    for (const [index, name] of ['alone', 'round', 'lost'].entries()) {
      const output_fields = { 'k8s.ns.name': 'shop', 'k8s.pod.name': name };
      const event = sentFalcoEvent({ uuid: String(index), output_fields });
      assert.equal((await on.post(event, 'token-of-falco', '/falco')).httpStatus, 200);
    }
    assert.deepEqual(
      on.sent.map(({ finding }) => finding.object.name),
      ['round', 'lost'],
      'of one it is known that nobody manages it',
    );
  });

  it('does not begin outside of a cluster, and where nothing is asked for', async () => {
    const tools = { ...recordTelemetry(), send: () => undefined };
    const outside = configurationSchema.parse({
      audit: { journal: {} },
      intake: { audit: { token: { env: 'T' } } },
    });
    for (const configuration of [outside, configurationSchema.parse({})]) {
      await assert.rejects(
        beginIntake({ configuration, environment: {} }, tools),
        (fault) => fault instanceof HoldfastError && fault.code === 'lookup_not_configured',
      );
    }
  });
});
