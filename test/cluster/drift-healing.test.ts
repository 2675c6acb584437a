/**
 * Healing on a real API server, through admission: an addition is taken off, what somebody works on is left alone, and the account that
 * heals can do nothing else, whoever has its token or wears its name.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HEALER_ACCOUNT } from '../../src/drift/healing/settings.ts';
import { changeBehindTheirBacks } from '../support/cluster/bypass.ts';
import type { Cluster } from '../support/cluster/cluster-handle.ts';
import { readDenial } from '../support/cluster/denial.ts';
import {
  HEAL_SETTINGS,
  HEALER_NAMESPACE,
  HEALER_POLICIES,
  HEALER_USERNAME,
  installHealer,
  readHealing,
  waitUntilKnown,
} from '../support/cluster/healer.ts';
import type { RegisteredHoldfast } from '../support/cluster/holdfast.ts';
import { addServiceAccountUser } from '../support/cluster/service-account-user.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

const SETTINGS = '/api/v1/namespaces/shop/configmaps/checkout';
const SERVICE = '/api/v1/namespaces/shop/services/checkout';
const APPLICATION = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/checkout';
const TOKENS = `/api/v1/namespaces/${HEALER_NAMESPACE}/serviceaccounts/${HEALER_ACCOUNT}/token`;

/** What somebody who may impersonate everything can show in the account's name. */
const FORGED = {
  'impersonate-user': HEALER_USERNAME,
  'impersonate-uid': 'forged',
  'impersonate-extra-authentication.kubernetes.io%2fcredential-id': 'JTI=forged',
};

/** There is no controller to stop. */
const controller = { pause: () => undefined, resume: () => undefined };

describe('healing of drift on a real API server', () => {
  let cluster: Cluster;
  let holdfast: RegisteredHoldfast;

  before(async () => {
    ({ cluster, holdfast } = await startShopCluster({
      audit: { journal: { folder: 'journal' } },
      sections: { drift: { heal: HEAL_SETTINGS } },
      policies: HEALER_POLICIES,
    }));
    await installHealer(cluster);
    await waitUntilKnown(holdfast, 3);
  });
  after(async () => {
    await cluster?.stop();
  });

  it('takes off what was added, under its own account, and says so', async () => {
    await changeBehindTheirBacks({ cluster, controller }, SERVICE, {
      metadata: { labels: { team: 'blue' } },
    });
    await waitFor('the label is taken off', async () => {
      const { body } = await cluster.request('root', SERVICE);
      return body.metadata?.labels?.['team'] === undefined;
    });
    const told = await waitFor('its end is told', async () => {
      const healing = await readHealing(holdfast, 'services/shop/checkout');
      return healing.includes('drift_healed') ? healing : undefined;
    });
    assert.deepEqual(told.toSorted(), [
      'allowed to the account that heals',
      'drift_found',
      'drift_heal_asked removal',
      'drift_healed',
      'drift_reverted',
    ]);
    assert.equal((await holdfast.run(['drift', 'list', 'journal'])).trim(), 'No drift');
  });

  it('lets nobody else have a token of the account', async () => {
    const spec = { expirationSeconds: 600 };
    for (const user of ['alice', 'root', 'argocd', 'controller-manager']) {
      const answer = await cluster.request(user, TOKENS, { method: 'POST', body: { spec } });
      const { findings = [] } = readDenial({ stderr: answer.body.message ?? '' }) ?? {};
      assert.ok(findings.includes('writer_token_requested by gitops_accounts'), user);
    }
    const longer = await cluster.request('holdfast', TOKENS, {
      method: 'POST',
      body: { spec: { expirationSeconds: 3600 } },
    });
    assert.match(longer.body.message ?? '', /writer_token_requested/u);
  });

  const deployed = {
    revision: 'a',
    source: { repoURL: 'git://git.example.com/src', targetRevision: 'main' },
  };
  const named = [{ group: '', kind: 'ConfigMap', namespace: 'shop', name: 'checkout' }];
  const BEYOND: readonly { readonly what: string; readonly path: string; readonly body: object }[] =
    [
      { what: 'a value that Git declares', path: SETTINGS, body: { data: { greeting: 'hacked' } } },
      {
        what: 'a removal of what Git declares',
        path: SETTINGS,
        body: { data: { greeting: null } },
      },
      { what: 'an addition', path: SETTINGS, body: { data: { debug: 'true' } } },
      {
        what: 'a mark',
        path: SERVICE,
        body: { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': null } } },
      },
      { what: 'another source', path: APPLICATION, body: { spec: { source: { path: 'evil' } } } },
      {
        what: 'manifests that are in no repository',
        path: APPLICATION,
        body: { operation: { sync: { revision: 'a', resources: named, manifests: ['{}'] } } },
      },
      {
        what: 'a commit that nobody has synced',
        path: APPLICATION,
        body: { operation: { sync: { revision: 'b', resources: named } } },
      },
      {
        what: 'a sync that deletes',
        path: APPLICATION,
        body: { operation: { sync: { revision: 'a', resources: named, prune: true } } },
      },
      {
        what: 'a sync of everything',
        path: APPLICATION,
        body: { operation: { sync: { revision: 'a' } } },
      },
    ];

  it('does nothing else with a token of the account, nor with forged fields of one', async () => {
    await changeBehindTheirBacks({ cluster, controller }, APPLICATION, {
      operation: null,
      status: { history: [deployed], sync: { status: 'Synced', comparedTo: deployed } },
    });
    // Its token is given before the webhook is asked, so that there is one at all.
    await withoutWebhook(() =>
      addServiceAccountUser(cluster, {
        name: 'healer',
        namespace: HEALER_NAMESPACE,
        serviceAccount: HEALER_ACCOUNT,
      }),
    );
    const asked = { operation: { sync: { revision: 'a', resources: named } } };
    const worn = { name: 'alice', headers: { 'impersonate-user': HEALER_USERNAME } };
    const byName = await patch(worn, APPLICATION, asked);
    assert.deepEqual(byName, ['gitops_control_plane_changed by gitops_control_plane']);
    for (const { what, path, body } of BEYOND) {
      assert.notDeepEqual(await patch({ name: 'healer' }, path, body), [], what);
      assert.notDeepEqual(
        await patch({ name: 'alice', headers: FORGED }, path, body),
        [],
        `${what}, forged`,
      );
    }
    for (const [method, path] of [
      ['DELETE', SETTINGS],
      ['GET', SETTINGS],
      ['GET', '/api/v1/namespaces/holdfast-system/secrets'],
    ] as const) {
      const { code } = await cluster.request('healer', path, { method });
      assert.equal(code, 403, `${method} ${path}`);
    }
    const allowed = await cluster.request('healer', APPLICATION, { method: 'PATCH', body: asked });
    assert.equal(allowed.code, 200, allowed.body.message);
  });

  /** The findings that refuse it. */
  async function patch(
    user: { readonly name: string; readonly headers?: Readonly<Record<string, string>> },
    path: string,
    body: object,
  ): Promise<readonly string[]> {
    const { name, headers = {} } = user;
    const answer = await cluster.request(name, path, { method: 'PATCH', body, headers });
    return readDenial({ stderr: answer.body.message ?? '' })?.findings ?? [];
  }

  async function withoutWebhook(work: () => Promise<void>): Promise<void> {
    const list = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
    const { body } = await cluster.request('root', `${list}/holdfast`);
    await cluster.request('root', `${list}/holdfast`, { method: 'DELETE' });
    await waitFor('the API server no longer asks Holdfast', async () => {
      const dry = 'annotate configmap checkout -n shop probe=1 --dry-run=server';
      return (await cluster.kubectl('root', dry.split(' '))).code === 0;
    });
    await work();
    const { resourceVersion: _, uid: __, ...metadata } = body.metadata ?? {};
    await cluster.request('root', list, { method: 'POST', body: { ...body, metadata } });
    await waitFor('the API server asks Holdfast again', async () => {
      const dry = 'annotate configmap checkout -n shop probe=1 --dry-run=server';
      return (await cluster.kubectl('alice', dry.split(' '))).code !== 0;
    });
  }
});
