/**
 * With the webhook unregistered, on a real API server: what is changed past admission is recorded and told to PagerDuty, and resolved when
 * it is reverted. A process that is killed in the middle loses none of it.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { drawRoutingKey, startFakePagerduty } from '../support/alerts/fake-pagerduty.ts';
import type { FakePagerduty } from '../support/alerts/fake-pagerduty.ts';
import type { Cluster } from '../support/cluster/cluster-handle.ts';
import type { RegisteredHoldfast } from '../support/cluster/holdfast.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { applyAsArgoCd, shopAutoscaler, shopObjects } from '../support/cluster/shop.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

/** Each change by a cluster-admin with kubectl; `told` is what the summary of its incident must say. */
const CHANGES: readonly { readonly what: string; readonly argv: string; readonly told: RegExp }[] =
  [
    {
      what: 'a value that Git declares',
      argv: 'patch configmap checkout --type=merge -p {"data":{"greeting":"hacked"}}',
      told: /ConfigMap shop\/checkout .* data\.greeting: hello → hacked/u,
    },
    {
      what: 'an addition, which Argo CD calls Synced',
      argv: 'label service checkout team=blue',
      told: /Service shop\/checkout .* metadata\.labels: added|Service shop\/checkout .* metadata\.labels\.team: added blue/u,
    },
    {
      what: 'an image',
      argv: 'set image deployment/checkout app=evil:latest',
      told: /Deployment shop\/checkout .* spec\.template\.spec\.containers\[app\]\.image: registry\.local\/checkout:1\.0\.0 → evil:latest/u,
    },
  ];

describe('drift on a real API server', () => {
  let cluster: Cluster;
  let holdfast: RegisteredHoldfast;
  let pagerduty: FakePagerduty;
  const latencies: string[] = [];

  before(async () => {
    const { service, server } = await startFakePagerduty();
    pagerduty = service;
    const routingKey = drawRoutingKey();
    service.routingKeys.add(routingKey);
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-drift-'));
    await writeFile(join(folder, 'routing-key'), routingKey);
    const target = {
      type: 'pagerduty',
      name: 'pager',
      endpoint: server.url,
      routingKey: { file: join(folder, 'routing-key') },
    };
    ({ cluster, holdfast } = await startShopCluster({
      audit: { journal: { folder: 'journal' } },
      alerts: { targets: [target] },
      sections: { drift: {} },
    }));
    cluster.onStop(async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    });
    await applyAsArgoCd(cluster, [shopAutoscaler()]);
    await waitFor('all of the application is known', async () => (await metric('objects')) >= 4);
    await unregister();
  });
  after(async () => {
    await cluster?.stop();
  });

  async function metric(name: string): Promise<number> {
    const text = await (await fetch(new URL('/metrics', holdfast.operationsUrl))).text();
    return Number(new RegExp(`^holdfast_drift_${name} (\\d+)$`, 'mu').exec(text)?.[1] ?? 0);
  }

  /** From now on the API server asks nobody. */
  async function unregister(): Promise<void> {
    await cluster.mustKubectl('root', [
      'delete',
      'validatingwebhookconfiguration,mutatingwebhookconfiguration',
      'holdfast',
      '--ignore-not-found',
    ]);
    await waitFor('the API server no longer asks Holdfast', async () => {
      const dry = 'annotate configmap checkout -n shop probe=1 --dry-run=server';
      return (await cluster.kubectl('root', dry.split(' '))).code === 0;
    });
  }

  /** Without the registration, which the test itself has deleted. */
  async function listDrift(...options: readonly string[]): Promise<readonly string[]> {
    const text = await holdfast.run(['drift', 'list', ...options, 'journal']);
    const [, ...lines] = text.trim().split('\n');
    return lines.filter((line) => !line.includes('webhookconfigurations.'));
  }

  async function accepted(told: RegExp, sinceMs: number, what: string): Promise<string> {
    const alert = await waitFor(`PagerDuty has accepted ${what}`, async () =>
      pagerduty.alerts.find(({ summary, state }) => state === 'triggered' && told.test(summary)),
    );
    latencies.push(`${what}: ${Date.now() - sinceMs} ms`);
    assert.equal(alert.severity, 'error');
    return alert.key;
  }

  async function resolved(key: string): Promise<void> {
    await waitFor('the incident is resolved', async () => {
      const alert = pagerduty.alerts.find((one) => one.key === key);
      return alert?.state === 'resolved' ? alert : undefined;
    });
  }

  async function sync(): Promise<void> {
    await applyAsArgoCd(cluster, shopObjects());
  }

  it('tells nothing of what controllers have done so far', async () => {
    const path = '/apis/apps/v1/namespaces/shop/deployments/checkout/scale';
    const scaled = await waitFor('the autoscaler has an answer', async () => {
      const { body } = await cluster.request('root', path);
      const answer = await cluster.request('root', `${path}?fieldManager=kube-controller-manager`, {
        method: 'PUT',
        body: { ...body, spec: { replicas: 3 } },
      });
      return answer.code === 409 ? undefined : answer;
    });
    assert.equal(scaled.code, 200);
    await waitFor('the controllers have made three pods', async () => {
      const argv = '-n shop get deployment checkout -o jsonpath={.status.readyReplicas}'.split(' ');
      return (await cluster.mustKubectl('root', argv)) === '3';
    });
    await waitFor('all of it is judged', async () => (await metric('pending')) === 0);
    assert.deepEqual(await listDrift('--all'), []);
  });

  for (const { what, argv, told } of CHANGES) {
    it(`tells PagerDuty of ${what}, and resolves it when it is reverted`, async () => {
      const sinceMs = Date.now();
      await cluster.mustKubectl('alice', ['-n', 'shop', ...argv.split(' ')]);
      const key = await accepted(told, sinceMs, what);
      await sync();
      // What Git does not declare, no sync takes off.
      if (argv.startsWith('label')) {
        await cluster.mustKubectl('alice', '-n shop label service checkout team-'.split(' '));
      }
      await resolved(key);
    });
  }

  it('tells of a key that was removed', async () => {
    const sinceMs = Date.now();
    const patch = JSON.stringify([{ op: 'remove', path: '/data/greeting' }]);
    const argv = ['-n', 'shop', 'patch', 'configmap', 'checkout', '--type=json', '-p', patch];
    await cluster.mustKubectl('alice', argv);
    const key = await accepted(/ConfigMap .* data.*: removed/u, sinceMs, 'a removed key');
    await sync();
    await resolved(key);
  });

  it('tells of a mark that was taken off', async () => {
    const sinceMs = Date.now();
    const argv = '-n shop annotate configmap checkout argocd.argoproj.io/tracking-id-'.split(' ');
    await cluster.mustKubectl('alice', argv);
    const key = await accepted(/tracking-id.*: removed/u, sinceMs, 'a mark taken off');
    await sync();
    await resolved(key);
  });

  it('tells of an owner reference, and of the deletion that follows from it', async () => {
    const sinceMs = Date.now();
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: 'dead-uid' };
    const patch = JSON.stringify({ metadata: { ownerReferences: [owner] } });
    const argv = ['-n', 'shop', 'patch', 'configmap', 'checkout', '--type=merge', '-p', patch];
    await cluster.mustKubectl('alice', argv);
    const key = await accepted(
      /ConfigMap shop\/checkout .*(ownerReferences|was deleted)/u,
      sinceMs,
      'an owner reference',
    );
    await waitFor('the garbage collector has deleted it', async () => {
      const get = await cluster.kubectl('root', '-n shop get configmap checkout'.split(' '));
      return get.code !== 0;
    });
    await sync();
    await resolved(key);
  });

  it('tells of a deletion', async () => {
    const sinceMs = Date.now();
    await cluster.mustKubectl('alice', '-n shop delete service checkout'.split(' '));
    const key = await accepted(/Service shop\/checkout .* was deleted/u, sinceMs, 'a deletion');
    await sync();
    await resolved(key);
  });

  it('loses nothing that happens while it is killed: a change, a removal and a deletion', async () => {
    await waitFor('nothing is left to judge', async () => (await metric('pending')) === 0);
    await holdfast.stop('SIGKILL');
    await cluster.mustKubectl('alice', ['-n', 'shop', ...(CHANGES[0]?.argv.split(' ') ?? [])]);
    await cluster.mustKubectl('alice', '-n shop delete service checkout'.split(' '));
    const sinceMs = Date.now();
    await holdfast.start();
    const keys = [
      await accepted(/ConfigMap shop\/checkout/u, sinceMs, 'a change while it was away'),
      await accepted(
        /Service shop\/checkout .* was deleted/u,
        sinceMs,
        'a deletion while it was away',
      ),
    ];
    const listed = (await listDrift()).join('\n');
    assert.match(
      listed,
      /changed +configmaps\/shop\/checkout +checkout \(argocd\) +data\.greeting +kubectl-patch/u,
    );
    assert.match(listed, /deleted +services\/shop\/checkout/u);
    const id = /\S+$/u.exec(listed.split('\n')[0] ?? '')?.[0] ?? '';
    assert.match(await holdfast.run(['drift', 'show', id, 'journal']), /not reverted/u);
    await sync();
    for (const key of keys) await resolved(key);
    assert.deepEqual(await listDrift(), []);
  });

  it('prints how long it took from the write to the accepted incident', (t: TestContext) => {
    for (const line of latencies) t.diagnostic(line);
    assert.equal(latencies.length, 9);
  });
});
