/**
 * Drift that got past admission is healed by a real Argo CD, asked by Holdfast through admission: what was changed, deleted and added. Its
 * incident is resolved, and what an autoscaler decided is left alone.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { drawRoutingKey, startFakePagerduty } from '../support/alerts/fake-pagerduty.ts';
import type { FakePagerduty } from '../support/alerts/fake-pagerduty.ts';
import { applicationPath, type TestApplication } from '../support/argocd/application.ts';
import { startGitOpsCluster, type OwnedGitOpsCluster } from '../support/argocd/gitops-cluster.ts';
import { settings } from '../support/argocd/sample-files.ts';
import type { ApiObject } from '../support/cluster/api-client.ts';
import { changeBehindTheirBacks } from '../support/cluster/bypass.ts';
import {
  HEAL_SETTINGS,
  HEALER_POLICIES,
  installHealer,
  readHealing,
  waitUntilKnown,
} from '../support/cluster/healer.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

const HEALED_MS = 30_000;

describe('healing of drift by Argo CD', () => {
  let gitops: OwnedGitOpsCluster;
  let application: TestApplication;
  let pagerduty: FakePagerduty;

  before(async () => {
    const { service, server } = await startFakePagerduty();
    pagerduty = service;
    const routingKey = drawRoutingKey();
    service.routingKeys.add(routingKey);
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-healing-'));
    await writeFile(join(folder, 'routing-key'), routingKey);
    const target = {
      type: 'pagerduty',
      name: 'pager',
      endpoint: server.url,
      routingKey: { file: join(folder, 'routing-key') },
    };
    gitops = await startGitOpsCluster({
      audit: { journal: { folder: 'journal' } },
      alerts: { targets: [target] },
      sections: { drift: { heal: HEAL_SETTINGS } },
      policies: HEALER_POLICIES,
    });
    gitops.cluster.onStop(async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    });
    await installHealer(gitops.cluster);
    application = await gitops.claimApplication();
    await application.sync({ 'autoscaler.json': autoscaler() });
    await waitUntilKnown(gitops.holdfast, 4);
    // Argo CD does not heal by itself, and a commit waits that nobody has synced: healing must not deploy it.
    await changeBehindTheirBacks(behind(), applicationPath(application.name), {
      spec: { syncPolicy: { automated: null } },
    });
    await application.commit({ 'settings.json': settings({ greeting: 'not yet' }) });
    await waitFor('Argo CD has seen the commit', async () => {
      return (await application.status()).sync === 'OutOfSync';
    });
  });
  after(async () => {
    await gitops?.stop();
  });

  const behind = () => ({ cluster: gitops.cluster, controller: gitops.argocd.controller });
  const pathOf = (path: string): string => path.replace('NAMESPACE', application.namespace);
  const SETTINGS = '/api/v1/namespaces/NAMESPACE/configmaps/settings';
  const SERVICE = '/api/v1/namespaces/NAMESPACE/services/web';
  const DEPLOYMENT = '/apis/apps/v1/namespaces/NAMESPACE/deployments/web';

  const DRIFT: readonly {
    readonly what: string;
    readonly path: string;
    readonly change: object | 'deleted';
    readonly isHealed: (body: ApiObject) => boolean;
  }[] = [
    {
      what: 'a changed value, and not by the commit that waits',
      path: SETTINGS,
      change: { data: { greeting: 'hacked' } },
      isHealed: ({ data }) => data?.['greeting'] === 'hello',
    },
    {
      what: 'an addition, which Argo CD calls Synced',
      path: SERVICE,
      change: { metadata: { labels: { team: 'blue' } } },
      isHealed: ({ metadata }) =>
        metadata?.uid !== undefined && metadata.labels?.['team'] === undefined,
    },
    {
      what: 'a deletion',
      path: SERVICE,
      change: 'deleted',
      isHealed: ({ metadata }) => metadata?.uid !== undefined,
    },
  ];

  for (const { what, path, change, isHealed } of DRIFT) {
    it(`heals ${what}, and resolves its incident`, async (t: TestContext) => {
      const told = pagerduty.alerts.length;
      await changeBehindTheirBacks(behind(), pathOf(path), change);
      const sinceMs = Date.now();
      await waitFor('it is healed', async () => {
        return isHealed((await gitops.cluster.request('root', pathOf(path))).body);
      });
      t.diagnostic(`${what}: healed in ${Date.now() - sinceMs} ms`);
      assert.ok(Date.now() - sinceMs < HEALED_MS);
      // What goes behind the webhook takes off its registration, which may be told first.
      const place = `${application.namespace}/${path.split('/').at(-1) ?? ''}`;
      await waitFor('its incident is resolved', async () => {
        const own = pagerduty.alerts.slice(told).filter(({ summary }) => summary.includes(place));
        return own.length > 0 && own.every(({ state }) => state === 'resolved');
      });
    });
  }

  it('was asked through admission, and recorded', async () => {
    const told = await readHealing(gitops.holdfast, `configmaps/${application.namespace}/settings`);
    assert.deepEqual(told.toSorted(), [
      'drift_found',
      'drift_heal_asked sync',
      'drift_healed',
      'drift_reverted',
    ]);
    const asked = await readHealing(
      gitops.holdfast,
      `applications.argoproj.io/argocd/${application.name}`,
    );
    assert.ok(asked.length >= 2);
    assert.deepEqual([...new Set(asked)], ['allowed to the account that heals']);
  });

  it('does not sync what an autoscaler decides, and says so', async () => {
    const scale = `${pathOf(DEPLOYMENT)}/scale?fieldManager=kube-controller-manager`;
    await changeBehindTheirBacks(behind(), scale, { spec: { replicas: 3 } });
    await changeBehindTheirBacks(behind(), pathOf(DEPLOYMENT), {
      spec: { template: { spec: { containers: [{ name: 'web', image: 'evil:latest' }] } } },
    });
    const page = await waitFor('it is paged', async () =>
      pagerduty.alerts.find(({ severity }) => severity === 'critical'),
    );
    assert.match(page.summary, /Deployment .*the autoscaler "web" decides how many replicas run/u);
    const { body } = await gitops.cluster.request('root', pathOf(DEPLOYMENT));
    assert.equal(body.spec?.['replicas'], 3);
  });
});

function autoscaler(): object {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 5,
    },
  };
}
