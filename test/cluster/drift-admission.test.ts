/**
 * What webhooks cannot see, on a real API server: webhook configurations, admission policies and their bindings that Git declares or
 * that nobody does are changed, deleted and added; told to PagerDuty, and resolved. What clusters do of their own accord is not told.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import {
  ADMISSION_KINDS,
  ADMISSION_PATH,
  admissionObject,
  type AdmissionKind,
} from '../support/cluster/admission-objects.ts';
import type { Cluster } from '../support/cluster/cluster-handle.ts';
import { startDriftPager, type DriftPager } from '../support/cluster/drift-pager.ts';
import type { RegisteredHoldfast } from '../support/cluster/holdfast.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { applyAsArgoCd } from '../support/cluster/shop.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

const BY_HAND = 'fieldManager=kubectl-edit';
const INJECTOR = {
  name: 'known',
  url: 'https://127.0.0.1:9',
};

describe('what webhooks cannot see, on a real API server', () => {
  let cluster: Cluster;
  let holdfast: RegisteredHoldfast;
  let pager: DriftPager;

  before(async () => {
    pager = await startDriftPager();
    ({ cluster, holdfast } = await startShopCluster({
      audit: { journal: { folder: 'journal' } },
      alerts: { targets: [pager.target] },
      sections: { drift: { mutators: [INJECTOR] } },
      prepared: ADMISSION_KINDS.map((kind) => admissionObject(kind, 'standing')),
    }));
    cluster.onStop(() => pager.stop());
    await applyAsArgoCd(
      cluster,
      ADMISSION_KINDS.map((kind) => admissionObject(kind, 'declared', 'checkout')),
    );
    // Three of the application, two of the registration, and each of the six kinds twice.
    await waitFor('all of it is known', async () => (await metric('objects')) >= 17);
  });
  after(async () => {
    await cluster?.stop();
  });

  async function metric(name: string): Promise<number> {
    const text = await (await fetch(new URL('/metrics', holdfast.operationsUrl))).text();
    return Number(new RegExp(`^holdfast_drift_${name} (\\d+)$`, 'mu').exec(text)?.[1] ?? 0);
  }

  function pathOf({ resource }: AdmissionKind, name = ''): string {
    return [ADMISSION_PATH, resource, name].filter((part) => part !== '').join('/');
  }

  async function change(path: string, body: object, manager = BY_HAND): Promise<void> {
    const answer = await cluster.request('alice', `${path}?${manager}`, { method: 'PATCH', body });
    assert.equal(answer.code, 200, JSON.stringify(answer.body));
  }

  async function add(kind: AdmissionKind, name: string, manager = BY_HAND): Promise<void> {
    const body = admissionObject(kind, name);
    const answer = await cluster.request('alice', `${pathOf(kind)}?${manager}`, {
      method: 'POST',
      body,
    });
    assert.equal(answer.code, 201, JSON.stringify(answer.body));
  }

  async function remove(kind: AdmissionKind, name: string): Promise<void> {
    const { code } = await cluster.request('alice', pathOf(kind, name), { method: 'DELETE' });
    assert.equal(code, 200);
  }

  /** What of it says which requests it is about, with the trust that was injected. */
  async function readContent(kind: AdmissionKind): Promise<object> {
    const { body } = await cluster.request('root', pathOf(kind, 'standing'));
    return Object.fromEntries(
      Object.keys(kind.content).map((field) => [field, Reflect.get(body, field)]),
    );
  }

  async function declare(kind: AdmissionKind): Promise<void> {
    await applyAsArgoCd(cluster, [admissionObject(kind, 'declared', 'checkout')]);
  }

  async function settled(): Promise<void> {
    await waitFor('nothing is left to judge', async () => (await metric('pending')) === 0);
  }

  it('tells nothing of what Git, the API server, an injector and our own certificates have done', async () => {
    const mutating = ADMISSION_KINDS.find(({ kind }) => kind === 'MutatingWebhookConfiguration');
    assert.ok(mutating !== undefined);
    await add(mutating, 'known', 'fieldManager=helm');
    const bundle = { caBundle: Buffer.from(cluster.ca).toString('base64') };
    const injected = { webhooks: [{ name: 'a.example.com', clientConfig: bundle }] };
    for (const name of ['declared', 'standing']) {
      const path: string = `${pathOf(mutating, name)}?fieldManager=cert-manager-cainjector`;
      const patchType = 'application/strategic-merge-patch+json';
      const options = { method: 'PATCH', body: injected, patchType } as const;
      assert.equal((await cluster.request('root', path, options)).code, 200);
    }
    await renewOwnTrust();
    await settled();
    assert.equal((await holdfast.run(['drift', 'list', '--all', 'journal'])).trim(), 'No drift');
    assert.deepEqual(pager.listOpen(), []);
  });

  /** As `certificates` does where it rotates an authority: the next one beside the last one. */
  async function renewOwnTrust(): Promise<void> {
    const path = `${ADMISSION_PATH}/validatingwebhookconfigurations/holdfast`;
    const { body } = await cluster.request('root', path);
    const webhooks: unknown = Reflect.get(body, 'webhooks');
    const renewed: unknown = JSON.parse(
      JSON.stringify(webhooks).replaceAll(
        /"caBundle":"(?<bundle>[^"]+)"/gu,
        (_, bundle: string) => {
          const pem = Buffer.from(bundle, 'base64').toString('utf8');
          return `"caBundle":"${Buffer.from(`${pem}\n${cluster.ca}`).toString('base64')}"`;
        },
      ),
    );
    const options = { method: 'PATCH', body: { webhooks: renewed } } as const;
    const answer = await cluster.request(
      'root',
      `${path}?fieldManager=holdfast-certificates`,
      options,
    );
    assert.equal(answer.code, 200);
  }

  it('tells that our own registration is deleted', async () => {
    const sinceMs = Date.now();
    for (const kind of ADMISSION_KINDS.slice(0, 2)) {
      await cluster.request('root', pathOf(kind, 'holdfast'), { method: 'DELETE' });
    }
    await pager.accepted(
      /The ValidatingWebhookConfiguration holdfast, which Git does not declare, was deleted/u,
      sinceMs,
    );
    // From now on the API server asks nobody about anything.
  });

  for (const kind of ADMISSION_KINDS) {
    it(`tells of a ${kind.kind} that Git declares: a change, and a deletion`, async () => {
      const subject = `The ${kind.kind} declared of "checkout" \\(argocd\\) was`;
      let sinceMs = Date.now();
      await change(pathOf(kind, 'declared'), kind.wider);
      const changed = await pager.accepted(new RegExp(`${subject} changed`, 'u'), sinceMs);
      assert.equal(changed.severity, isMutator(kind) ? 'critical' : 'error');
      await declare(kind);
      await pager.resolved(changed.key);
      sinceMs = Date.now();
      await remove(kind, 'declared');
      const deleted = await pager.accepted(new RegExp(`${subject} deleted`, 'u'), sinceMs);
      await declare(kind);
      await pager.resolved(deleted.key);
    });

    it(`tells of a ${kind.kind} that nobody declares: a change, an addition, and a deletion`, async () => {
      const standing = `The ${kind.kind} standing, which Git does not declare, was`;
      const content = await readContent(kind);
      let sinceMs = Date.now();
      await change(pathOf(kind, 'standing'), kind.wider);
      const changed = await pager.accepted(new RegExp(`${standing} changed`, 'u'), sinceMs);
      assert.equal(changed.severity, isMutator(kind) ? 'critical' : 'error');
      await change(pathOf(kind, 'standing'), content);
      await pager.resolved(changed.key);
      sinceMs = Date.now();
      await add(kind, 'new');
      const subject = `The ${kind.kind} new, which Git does not declare, was`;
      const added = await pager.accepted(new RegExp(`${subject} added`, 'u'), sinceMs);
      await remove(kind, 'new');
      await pager.resolved(added.key);
      sinceMs = Date.now();
      await remove(kind, 'standing');
      const deleted = await pager.accepted(new RegExp(`${standing} deleted`, 'u'), sinceMs);
      const again = { ...admissionObject(kind, 'standing'), ...content };
      const path = `${pathOf(kind)}?${BY_HAND}`;
      await cluster.request('alice', path, { method: 'POST', body: again });
      await pager.resolved(deleted.key);
    });
  }

  it('tells of a mutator that was added while Holdfast was killed, in the name of a known one', async () => {
    await settled();
    await holdfast.stop('SIGKILL');
    const mutating = ADMISSION_KINDS[1];
    assert.ok(mutating !== undefined);
    await remove(mutating, 'known');
    const body = { ...admissionObject(mutating, 'known'), ...mutating.wider };
    const evil: unknown = JSON.parse(JSON.stringify(body).replaceAll('127.0.0.1:9', '127.0.0.2:9'));
    await cluster.request('alice', `${pathOf(mutating)}?${BY_HAND}`, {
      method: 'POST',
      body: evil,
    });
    const sinceMs = Date.now();
    await holdfast.start();
    const told = await pager.accepted(
      /MutatingWebhookConfiguration known, which Git does not declare, was (?:added|changed).*, and may change configmaps/u,
      sinceMs,
    );
    assert.equal(told.severity, 'critical');
    pager.latenciesMs.pop();
  });

  it('prints how long it took from the write to the accepted incident', (t: TestContext) => {
    const sorted = pager.latenciesMs.toSorted((left, right) => left - right);
    const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
    t.diagnostic(`${String(sorted.length)} incidents: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
    assert.equal(sorted.length, 31);
  });
});

function isMutator({ kind }: AdmissionKind): boolean {
  return kind.startsWith('Mutating');
}
