/**
 * Certificates that Holdfast makes itself, on a real API server: made from nothing, registered, renewed and rotated under load,
 * with a leader that is killed in the middle, and mended where somebody registers another authority.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { WEBHOOK_NAMES } from '../../src/registration/plan-registration.ts';
import { issueTestCertificate } from '../support/certificates.ts';
import { startCluster } from '../support/cluster/cluster.ts';
import type { StartedCluster } from '../support/cluster/cluster.ts';
import { waitUntilAsked } from '../support/cluster/holdfast.ts';
import { prepareManagedHoldfast } from '../support/cluster/managed-holdfast.ts';
import type { ManagedHoldfast, ManagedReplica } from '../support/cluster/managed-holdfast.ts';
import { installController, ARGOCD } from '../support/cluster/service-account-user.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { countWebhook } from '../support/cluster/webhook-metrics.ts';
import { giveLease, takeLease } from '../support/load/leader.ts';

const SECOND = 1000;
/** Renewed after 27 s and 40 s. A leader that dies is replaced after 15 s, before anything ends. */
const LIFETIMES = { leafLifetimeMs: 40 * SECOND, authorityLifetimeMs: 60 * SECOND };
const CERTIFICATES = { ...LIFETIMES, overlapMs: 2 * SECOND, settleMs: SECOND, turnMs: 500 };
/** Writers at once, each with one request after the other. */
const WRITERS = 32;
/** A quiet machine makes several hundred in a second; one that does other work makes fewer, and says how many. */
const WRITES_MIN = 1000;
const WRITES_AFTER = 200;
const SECRET = '/api/v1/namespaces/holdfast-system/secrets/holdfast-certificates';
const LEASE =
  '/apis/coordination.k8s.io/v1/namespaces/holdfast-system/leases/holdfast-certificates';
const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/holdfast';
const MAPS = '/api/v1/namespaces/shop/configmaps';

describe('certificates that Holdfast makes itself', () => {
  let cluster: StartedCluster;
  let holdfast: ManagedHoldfast;
  let first: ManagedReplica;
  let second: ManagedReplica;
  before(async () => {
    cluster = await startCluster();
    await installController(cluster, ARGOCD);
    await cluster.mustKubectl('root', ['create', 'namespace', 'shop']);
    await makeManaged(cluster);
    holdfast = await prepareManagedHoldfast(cluster, ['holdfast-0', 'holdfast-1'], CERTIFICATES);
    [first, second] = holdfast.replicas as readonly [ManagedReplica, ManagedReplica];
  });
  after(async () => {
    await cluster?.stop();
  });

  const authorities = async (): Promise<readonly string[]> => {
    const bundles = await holdfast.bundles();
    const [bundle = []] = bundles;
    return bundles.every((other) => other.join() === bundle.join()) ? bundle : [];
  };

  it('are made from nothing by one replica, which serves before anything is registered', async () => {
    await first.start();
    const { body } = await cluster.request('root', SECRET);
    assert.deepEqual(Object.keys(body.data ?? {}).toSorted(), [
      'ca.crt',
      'ca.key',
      'tls.crt',
      'tls.key',
    ]);
    assert.match(await readyz(first), /\[\+\]certificate ok\n\[\+\]trust ok/u);
  });

  it('are registered as soon as there is a registration, and owned there by a field manager of their own', async () => {
    await holdfast.register();
    await waitUntilAsked(cluster);
    assert.equal((await holdfast.bundles()).length, Object.keys(WEBHOOK_NAMES).length);
    assert.equal((await authorities()).length, 1);
    const { body } = await cluster.request('root', WEBHOOKS);
    const managers = (body.metadata as { managedFields?: { manager: string; fieldsV1: object }[] })
      .managedFields;
    const ours = managers?.find(({ manager }) => manager === 'holdfast-certificates');
    const fields = JSON.stringify(ours?.fieldsV1).match(/"f:\w+"/gu) ?? [];
    assert.deepEqual([...new Set(fields)].toSorted(), [
      '"f:caBundle"',
      '"f:clientConfig"',
      '"f:name"',
      '"f:webhooks"',
    ]);
  });

  it('are served by a second replica, which makes none of its own', async () => {
    await second.start();
    await waitFor('both serve the same', async () => {
      return (await first.fingerprint()) === (await second.fingerprint());
    });
    assert.equal((await authorities()).length, 1);
  });

  it('are written by nobody else, not by a cluster-admin and not in their name without the token', async () => {
    const account = 'system:serviceaccount:holdfast-system:holdfast';
    const patch = { method: 'PATCH', body: { data: { 'ca.key': 'AAAA' } } } as const;
    for (const headers of [{}, { 'impersonate-user': account }]) {
      const { code, body } = await cluster.request('root', SECRET, { ...patch, headers });
      assert.equal(code, 403, body.message);
      assert.match(body.message ?? '', /own_certificate_changed|is forbidden/u);
    }
    const deleted = await cluster.request('alice', SECRET, { method: 'DELETE' });
    assert.equal(deleted.code, 403);
    assert.match(deleted.body.message ?? '', /own_certificate_changed by gitops_namespaces/u);
  });

  it('are renewed and rotated without a write that fails or is not judged, while the leader loses its lease and the API server starts again', async (t) => {
    const [leaf, [authority = '']] = [await first.fingerprint(), await authorities()];
    const unjudged = async () => {
      const counts = await Promise.all(
        Object.values(WEBHOOK_NAMES).map((name) => countWebhook(cluster, name)),
      );
      return counts.reduce((total, { failedOpen }) => total + failedOpen, 0);
    };
    const unjudgedBefore = await unjudged();
    const traffic = startTraffic(cluster);
    await waitFor(
      'two authorities are registered',
      async () => (await authorities()).length === 2,
      { deadlineMs: 3 * 60 * SECOND },
    );
    await takeLease(cluster, 'holdfast-certificates', { as: first.name });
    const rotated = await waitFor(
      'the authority is rotated, under so many writes',
      async () => {
        const found = await authorities();
        const isNew = found.length === 1 && !found.includes(authority);
        return isNew && (await first.fingerprint()) !== leaf && traffic.writes() >= WRITES_MIN;
      },
      { deadlineMs: 4 * 60 * SECOND },
    );
    assert.equal(rotated, true);
    assert.equal((await unjudged()) - unjudgedBefore, 0);
    await traffic.whileHeldBack(() => cluster.restartApiServer());
    const restartedAt = traffic.writes();
    await waitFor('writes go on', () => traffic.writes() >= restartedAt + WRITES_AFTER);
    const { writes, unexpected, seconds } = await traffic.stop();
    t.diagnostic(
      `${writes} writes in ${seconds.toFixed(1)} s, ${(writes / seconds).toFixed(0)} a second`,
    );
    assert.deepEqual(unexpected, []);
    // The API server counts from its start.
    assert.equal(await unjudged(), 0);
    assert.equal(await first.fingerprint(), await second.fingerprint());
  });

  it('are rotated to the end by another replica when the leader is killed in the middle', async () => {
    await waitFor(
      'two authorities are registered',
      async () => (await authorities()).length === 2,
      {
        deadlineMs: 3 * 60 * SECOND,
      },
    );
    const { body } = await cluster.request('root', LEASE);
    const leader = body.spec?.['holderIdentity'] === first.name ? first : second;
    const other = leader === first ? second : first;
    const served = await other.fingerprint();
    await leader.stop('SIGKILL');
    await waitFor('the other one goes on', async () => (await other.fingerprint()) !== served, {
      deadlineMs: 3 * 60 * SECOND,
    });
    await waitUntilAsked(cluster);
    // One that is gone is waited for: it may serve on where it cannot be seen.
    assert.match(await readyz(other), new RegExp(`${leader.name} does not serve|trust ok`, 'u'));
    await leader.start();
    await waitFor('one authority is left', async () => (await authorities()).length === 1, {
      deadlineMs: 3 * 60 * SECOND,
    });
    assert.equal(await leader.fingerprint(), await other.fingerprint());
  });

  it('are told of and mended where somebody registers another authority', async () => {
    // A Lease that somebody else holds: until it ends, nobody leads.
    await giveLease(cluster, 'holdfast-certificates', { as: first.name, seconds: 15 });
    const foreign = issueTestCertificate({ purpose: 'authority', commonNames: ['foreign'] });
    const caBundle = Buffer.from(foreign.cert).toString('base64');
    const path = '/webhooks/0/clientConfig/caBundle';
    // Again and again: who led may have been in the middle of a turn.
    const told = await waitFor('readiness tells of it', async () => {
      const answer = await cluster.request('root', WEBHOOKS, {
        method: 'PATCH',
        patchType: 'application/json-patch+json',
        body: [{ op: 'replace', path, value: caBundle }],
      });
      assert.equal(answer.code, 200, answer.body.message);
      const text = await readyz(first);
      const isTold = text.includes('[!]trust needs somebody: the registered caBundle of drift');
      return isTold && text;
    });
    assert.match(told, /\[\+\]certificate ok[\s\S]*readyz check passed/u);
    await waitFor('the metric tells of it', async () => {
      const metrics = await (await fetch(`${first.metricsUrl}/metrics`)).text();
      return metrics.includes('holdfast_certificate_trusted{certificate="served"} 0');
    });
    await waitFor('the leader has mended it', async () =>
      (await readyz(first)).includes('[+]trust ok'),
    );
    await waitUntilAsked(cluster);
  });
});

async function readyz({ metricsUrl }: ManagedReplica): Promise<string> {
  return (await fetch(`${metricsUrl}/readyz`)).text();
}

/** What Git manages, as Argo CD would have made it. */
async function makeManaged(cluster: StartedCluster): Promise<void> {
  const annotations = { 'argocd.argoproj.io/tracking-id': 'shop:/ConfigMap:shop/checkout' };
  const body = { metadata: { name: 'checkout', annotations }, data: { greeting: 'hello' } };
  const { code } = await cluster.request('root', MAPS, { method: 'POST', body });
  assert.equal(code, 201);
}

interface Traffic {
  /** Lets every write end, and sends no more until `action` has. */
  readonly whileHeldBack: (action: () => Promise<void>) => Promise<void>;
  /** How many were answered so far. */
  readonly writes: () => number;
  readonly stop: () => Promise<{
    readonly writes: number;
    readonly unexpected: readonly string[];
    readonly seconds: number;
  }>;
}

/** Changes of a managed object, which must be refused by us, and dry runs of free ones, which must pass. */
function startTraffic(cluster: StartedCluster): Traffic {
  let stopped = false;
  let held: Promise<void> | undefined;
  let underway = 0;
  let writes = 0;
  const unexpected: string[] = [];
  const beginMs = performance.now();
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let round = 0; !stopped; round += 1) {
      await held;
      underway += 1;
      const change = { data: { greeting: `${writer} ${round}` } };
      const refused = await cluster.request('alice', `${MAPS}/checkout`, {
        method: 'PATCH',
        body: change,
      });
      const isOurs = refused.code === 403 && /decision 0/u.test(refused.body.message ?? '');
      if (!isOurs) unexpected.push(`${refused.code} ${refused.body.message}`);
      const metadata = { generateName: 'free-' };
      const passed = await cluster.request('alice', `${MAPS}?dryRun=All`, {
        method: 'POST',
        body: { metadata },
      });
      if (passed.code !== 201) unexpected.push(`${passed.code} ${passed.body.message}`);
      writes += 2;
      underway -= 1;
    }
  });
  return {
    writes: () => writes,
    whileHeldBack: async (action) => {
      const holding = Promise.withResolvers<void>();
      held = holding.promise;
      await waitFor('no write is on its way', () => underway === 0);
      await action();
      held = undefined;
      holding.resolve();
    },
    stop: async () => {
      stopped = true;
      await Promise.all(writers);
      return { writes, unexpected, seconds: (performance.now() - beginMs) / SECOND };
    },
  };
}
