/**
 * The audit webhook of a real API server, sent to Holdfast: who is behind `--as`, what failed open, which tokens were made, and with the
 * user's name what was written while the webhook was not registered.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { drawRoutingKey, startFakePagerduty } from '../support/alerts/fake-pagerduty.ts';
import type { FakePagerduty } from '../support/alerts/fake-pagerduty.ts';
import { auditWebhookFile, type StartedCluster } from '../support/cluster/cluster.ts';
import { findFreePorts } from '../support/cluster/free-ports.ts';
import type { RegisteredHoldfast } from '../support/cluster/holdfast.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { formatKubeconfig } from '../support/cluster/users.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { drawText } from '../support/sample-credentials.ts';

const recordSchema = z.object({
  decisionId: z.string(),
  code: z.string(),
  user: z.object({ username: z.string() }),
  object: z.object({ resource: z.string(), namespace: z.string(), name: z.string() }),
  managedBy: z.object({ app: z.string() }).optional(),
  observed: z
    .object({
      impersonated: z.string().optional(),
      decision: z.string().optional(),
      addresses: z.array(z.string()),
      failedOpen: z.array(z.string()).optional(),
    })
    .optional(),
});
const lineSchema = z.object({ record: recordSchema });
type SeenRecord = z.output<typeof recordSchema>;

describe('the audit log of a real API server', () => {
  let cluster: StartedCluster;
  let holdfast: RegisteredHoldfast;
  let pagerduty: FakePagerduty;

  before(async () => {
    const { service, server } = await startFakePagerduty();
    pagerduty = service;
    const routingKey = drawRoutingKey();
    service.routingKeys.add(routingKey);
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-audit-'));
    const token = drawText(40);
    await writeFile(join(folder, 'token'), token);
    await writeFile(join(folder, 'routing-key'), routingKey);
    const [port = 0] = await findFreePorts(1);
    ({ cluster, holdfast } = await startShopCluster({
      auditWebhook: true,
      audit: { journal: { folder: 'journal' } },
      alerts: {
        targets: [
          {
            type: 'pagerduty',
            name: 'pager',
            endpoint: server.url,
            routingKey: { file: join(folder, 'routing-key') },
          },
        ],
      },
      sections: {
        drift: {},
        intake: { port, audit: { token: { file: join(folder, 'token') } } },
      },
    }));
    cluster.onStop(async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    });
    await writeFile(
      auditWebhookFile(cluster),
      formatKubeconfig(
        { name: 'kube-apiserver', credential: { token } },
        {
          url: `https://127.0.0.1:${port}/audit`,
          caFile: join(holdfast.folder, 'certs', 'ca.crt'),
        },
      ),
    );
    await cluster.restartApiServer();
  });
  after(async () => {
    await cluster?.stop();
  });

  async function list(code: string): Promise<readonly SeenRecord[]> {
    const text = await holdfast.run(['audit', 'query', '--code', code, '-o', 'jsonl', 'journal']);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => lineSchema.parse(JSON.parse(line)).record);
  }

  function seen(code: string, is: (record: SeenRecord) => boolean): Promise<SeenRecord> {
    return waitFor(`${code} is recorded`, async () => (await list(code)).find(is));
  }

  it('says who is behind --as, and which decision the request got', async () => {
    const argv = 'label configmap checkout team=blue -n shop --as=bob'.split(' ');
    const { code, stderr } = await cluster.kubectl('alice', argv);
    assert.equal(code, 1, stderr);
    const record = await seen('user_impersonated', ({ object }) => object.name === 'checkout');
    assert.equal(record.user.username, 'alice');
    assert.equal(record.observed?.impersonated, 'bob');
    assert.deepEqual(record.observed?.addresses, ['127.0.0.1']);
    assert.ok(stderr.includes(record.observed?.decision ?? 'none'), 'as the denial says');
    const denied = (await list('managed_object_changed')).find(
      ({ decisionId }) => decisionId === record.observed?.decision,
    );
    assert.equal(denied?.user.username, 'bob', 'admission saw the other name');
  });

  it('says who has a token made', async () => {
    await cluster.mustKubectl('alice', 'create token default -n shop'.split(' '));
    const record = await seen('token_minted', ({ user }) => user.username === 'alice');
    assert.deepEqual(record.object, {
      resource: 'serviceaccounts',
      namespace: 'shop',
      name: 'default',
    });
  });

  it('says who gives away everything', async () => {
    const argv = 'create clusterrolebinding mallory --clusterrole=cluster-admin --user=mallory';
    await cluster.mustKubectl('alice', argv.split(' '));
    const record = await seen('rbac_escalated', ({ object }) => object.name === 'mallory');
    assert.equal(record.user.username, 'alice');
  });

  it('says what failed open, although Holdfast was away', async () => {
    await holdfast.stop('SIGTERM');
    const argv = 'create configmap repair -n holdfast-system --from-literal=a=b'.split(' ');
    await cluster.mustKubectl('alice', argv);
    await holdfast.start();
    const record = await seen(
      'admission_failed_open',
      ({ observed }) => observed?.failedOpen?.includes('self.holdfast.dev') === true,
    );
    assert.notEqual(record.user.username, '');
  });

  it('says who has written what while the webhook was not registered, in one incident with the scanner', async () => {
    const kinds = 'validatingwebhookconfiguration,mutatingwebhookconfiguration';
    await cluster.mustKubectl('root', ['delete', kinds, 'holdfast', '--ignore-not-found']);
    const removed = await seen(
      'admission_configuration_changed',
      ({ object }) => object.resource === 'validatingwebhookconfigurations',
    );
    assert.notEqual(removed.user.username, '');
    await waitFor('the API server no longer asks Holdfast', async () => {
      const dry = 'annotate configmap checkout -n shop probe=1 --dry-run=server';
      return (await cluster.kubectl('root', dry.split(' '))).code === 0;
    });
    const patch = '{"data":{"greeting":"hacked"}}';
    await cluster.mustKubectl('alice', [
      '-n',
      'shop',
      'patch',
      'configmap',
      'checkout',
      '--type=merge',
      '-p',
      patch,
    ]);
    const record = await seen('write_unjudged', ({ object }) => object.name === 'checkout');
    assert.equal(record.user.username, 'alice');
    assert.equal(record.managedBy?.app, 'checkout');
    await waitFor(
      'the scanner has found it, too',
      async () => (await list('drift_found')).length > 0,
    );
    const told = await waitFor('PagerDuty knows', async () => {
      const alerts = pagerduty.alerts.filter(({ summary }) => /shop\/checkout/u.test(summary));
      return alerts.some(({ summary }) => /drift|unjudged/u.test(summary)) ? alerts : undefined;
    });
    const found = told.filter(({ summary }) => /\((?:drift-found|write-unjudged)\)/u.test(summary));
    assert.equal(found.length, 1, JSON.stringify(told.map(({ summary }) => summary)));
  });
});
