/** Against a server over TLS: what it says, when it is silent, refuses, lies or goes away. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { addMs, monotonicMs, systemClock, type Clock } from '../../../../src/base/clock.ts';
import { Semaphore } from '../../../../src/base/semaphore.ts';
import {
  HubApplications,
  type HubOutcome,
} from '../../../../src/kubernetes/hub/hub-applications.ts';
import { openHubClient } from '../../../../src/kubernetes/hub/hub-client.ts';
import type { ObjectLookup } from '../../../../src/kubernetes/lookup/lookup.ts';
import { applicationReference } from '../../../../src/kubernetes/object-reference.ts';
import type { KubernetesObject } from '../../../../src/kubernetes/object.ts';
import { kubernetesSchema } from '../../../../src/kubernetes/settings.ts';
import { startFakeApiServer, type FakeApiServer } from '../../../support/fake-api-server.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const EVERYWHERE = '/apis/argoproj.io/v1alpha1/applications';
const HERE = { server: 'https://spoke:6443' };
const WEB = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };
const WEB_REFERENCE = { ...WEB, version: 'v1', resource: 'deployments' };
const CUSTOM = { group: 'example.com', kind: 'Widget', namespace: 'shop', name: 'w' };
const KEPT_MS = 60_000;
const SILENCE_MS = 10_000;
const DAMAGED = { status: 500, body: { kind: 'Status', message: 'etcdserver: no leader' } };

interface Described {
  readonly destination?: object;
  readonly phase?: string;
  readonly version?: string;
  readonly resources?: readonly object[];
}

const list = (...items: readonly object[]) => ({
  body: { metadata: { resourceVersion: '10' }, items },
});

describe('HubApplications', () => {
  let server: FakeApiServer;
  let tests = 0;
  /** Of each test its own. */
  let argocd = '';
  let listPath = '';
  let configMapsPath = '';
  let secretsPath = '';
  let hub: HubApplications;
  let outcomes: HubOutcome[];
  let ended: string[];
  function application(
    name: string,
    { destination = HERE, phase = 'Running', version = '5', resources = [WEB] }: Described = {},
  ): KubernetesObject {
    return {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name, namespace: argocd, uid: name, resourceVersion: version },
      spec: { destination },
      status: { operationState: { phase }, resources },
    };
  }

  /** Added to the clock: what an outage takes. */
  let laterMs = 0;
  const clock: Clock = {
    wallMs: systemClock.wallMs,
    monotonicMs: () => addMs(systemClock.monotonicMs(), laterMs),
  };
  before(async () => {
    server = await startFakeApiServer();
  });
  after(async () => {
    await server.stop();
  });
  beforeEach(() => {
    tests += 1;
    argocd = `argocd-${String(tests)}`;
    listPath = `/apis/argoproj.io/v1alpha1/namespaces/${argocd}/applications`;
    configMapsPath = `/api/v1/namespaces/${argocd}/configmaps`;
    secretsPath = `/api/v1/namespaces/${argocd}/secrets`;
    server.answer(listPath, list());
    server.answer(configMapsPath, list());
    outcomes = [];
    ended = [];
    laterMs = 0;
  });
  afterEach(async () => {
    await hub.close();
  });

  async function start(settings: object = {}): Promise<void> {
    const kubernetes = kubernetesSchema.parse({
      lookupCacheMs: 0,
      watch: { silenceMs: SILENCE_MS },
      hub: {
        kubeconfigFile: server.kubeconfigFile,
        cluster: { servers: [HERE.server] },
        keptMs: KEPT_MS,
        ...settings,
      },
    });
    assert.ok(kubernetes.hub !== undefined);
    const { kubeconfigFile } = kubernetes.hub;
    const onRead = (): void => undefined;
    hub = new HubApplications({
      client: await openHubClient({ kubeconfigFile, connectionsMax: 4, clock, onRead }),
      clock,
      random: () => 0.5,
      settings: kubernetes.hub,
      kubernetes,
      argocdNamespace: argocd,
      semaphore: new Semaphore({ runningMax: 2, waitingMax: 8 }),
      observer: {
        answered: (outcome) => outcomes.push(outcome),
        ended: (what, reason) => ended.push(`${what} ${reason}`),
        settings: () => undefined,
        identified: () => undefined,
      },
      scaleWait: () => 1,
    });
  }
  const listed = (): Promise<void> => waitUntil(() => hub.state().isSynced);
  const ask = (name: string, namespace = argocd, isFresh = true): Promise<ObjectLookup> =>
    hub.read({
      reference: applicationReference(namespace, name),
      isFresh,
      deadlineAtMs: addMs(clock.monotonicMs(), 20_000),
    });
  const holds = (name: string, options: Described = {}): void => {
    server.answer(`${listPath}/${name}`, { body: application(name, options) });
  };
  const phaseOf = (answer: ObjectLookup): unknown =>
    answer.status === 'found'
      ? /"phase":"(\w+)"/u.exec(JSON.stringify(answer.object))?.[1]
      : answer.status;

  it('reads an Application for this cluster now, and not as it was listed', async () => {
    server.answer(listPath, list(application('shop', { phase: 'Succeeded' })));
    holds('shop', { phase: 'Running', version: '6' });
    await start();
    await listed();
    const answer = await ask('shop');
    assert.equal(phaseOf(answer), 'Running');
    assert.equal(answer.status === 'found' && answer.keptForMs, undefined);
    assert.deepEqual(outcomes, ['here']);
  });

  it('has no Application for another cluster, and says that it is elsewhere', async () => {
    holds('other', { destination: { name: 'elsewhere' } });
    await start();
    assert.deepEqual(await ask('other'), { status: 'absent', isElsewhere: true });
    assert.deepEqual(await ask('nobody'), { status: 'absent' });
    assert.deepEqual(outcomes, ['elsewhere', 'absent']);
  });

  it('has none in a namespace that Argo CD does not look at, and does not ask', async () => {
    server.answer(`/apis/argoproj.io/v1alpha1/namespaces/team-a/applications/shop`, {
      body: application('shop'),
    });
    await start();
    assert.deepEqual(await ask('shop', 'team-a'), { status: 'absent' });
    assert.equal(hub.goneForMs('team-a', 'shop'), undefined);
    assert.ok(server.requests.every((request) => !request.includes('team-a')));
  });

  it('looks at all namespaces where it is told to', async () => {
    server.answer(EVERYWHERE, list(application('shop')));
    server.answer(`/apis/argoproj.io/v1alpha1/namespaces/team-a/applications/shop`, {
      body: application('shop'),
    });
    await start({ anyNamespace: true });
    await listed();
    assert.equal((await ask('shop', 'team-a')).status, 'found');
    assert.equal(hub.state().applications, 1);
  });

  it('answers what was read last while the hub does not answer, and says how old it is', async () => {
    server.answer(listPath, list(application('shop')));
    await start();
    await listed();
    server.answer(`${listPath}/shop`, DAMAGED);
    laterMs = 5000;
    const answer = await ask('shop');
    assert.equal(phaseOf(answer), 'Running');
    assert.ok(answer.status === 'found' && (answer.keptForMs ?? 0) >= 5000);
    assert.deepEqual(outcomes, ['kept']);
  });

  it('does not ask for each write again while the hub does not answer, and asks after a second', async () => {
    server.answer(listPath, list(application('shop')));
    await start();
    await listed();
    server.answer(`${listPath}/shop`, DAMAGED);
    const reads = () => server.requests.filter((request) => request === `${listPath}/shop`).length;
    for (let write = 0; write < 10; write += 1) assert.equal((await ask('shop')).status, 'found');
    assert.equal(reads(), 1);
    laterMs += 1500;
    holds('shop', { phase: 'Succeeded', version: '7' });
    assert.equal(phaseOf(await ask('shop')), 'Succeeded');
    assert.equal(reads(), 2);
  });

  it('answers nothing more from what is too old', async () => {
    server.answer(listPath, list(application('shop')));
    await start();
    await listed();
    server.answer(listPath, DAMAGED);
    server.answer(`${listPath}/shop`, DAMAGED);
    laterMs = KEPT_MS + 5000;
    const answer = await ask('shop');
    assert.equal(answer.status === 'unavailable' && answer.code, 'hub_unavailable');
    assert.match(
      answer.status === 'unavailable' ? answer.reason : '',
      /^Argo CD's hub: The API server answered 500 to GET/u,
    );
    assert.deepEqual(outcomes, ['unavailable']);
  });

  it('keeps nothing at all where keptMs is 0', async () => {
    server.answer(listPath, list(application('shop')));
    await start({ keptMs: 0 });
    await listed();
    server.answer(`${listPath}/shop`, DAMAGED);
    laterMs = 10;
    assert.equal((await ask('shop')).status, 'unavailable');
  });

  it('knows nothing of an Application that was never listed, and does not call it absent', async () => {
    server.answer(listPath, DAMAGED);
    server.answer(`${listPath}/shop`, DAMAGED);
    await start();
    assert.equal((await ask('shop')).status, 'unavailable');
    assert.equal(hub.findClaims(WEB_REFERENCE).status, 'unavailable');
    assert.equal(hub.findClaimed({ namespace: 'shop' }).status, 'unavailable');
    assert.equal(hub.goneForMs(argocd, 'shop'), undefined);
    assert.match(hub.problem() ?? '', /are not listed yet/u);
  });

  it('takes a refusal like an outage, and says which permission is missing', async () => {
    server.answer(listPath, list(application('shop')));
    await start();
    await listed();
    server.answer(listPath, { status: 403 });
    server.answer(`${listPath}/shop`, { status: 403 });
    assert.equal(phaseOf(await ask('shop')), 'Running');
    for (let refused = 0; refused < 4; refused += 1) {
      (await server.nextWatch(listPath)).refuse(403);
    }
    await waitUntil(() => /grant get, list and watch/u.test(hub.problem() ?? ''));
    // The permission is gone, and what was listed by it is not.
    assert.deepEqual(hub.findClaims(WEB_REFERENCE), {
      status: 'found',
      claims: [{ tool: 'argocd', kind: 'Application', namespace: argocd, app: 'shop' }],
    });
    assert.equal(phaseOf(await ask('shop')), 'Running');
  });

  it('comes back by itself', async () => {
    server.answer(listPath, DAMAGED);
    server.answer(`${listPath}/shop`, DAMAGED);
    await start();
    assert.equal((await ask('shop')).status, 'unavailable');
    server.answer(listPath, list(application('shop')));
    holds('shop');
    await listed();
    laterMs += 2000;
    assert.equal(phaseOf(await ask('shop')), 'Running');
    assert.equal(hub.problem(), undefined);
  });

  it('goes on after the API server has cut the watch', async () => {
    await start();
    await listed();
    (await server.nextWatch(listPath)).cut();
    const watch = await server.nextWatch(listPath);
    watch.send('ADDED', application('shop', { version: '11' }));
    await waitUntil(() => hub.state().applications === 1);
  });

  it('follows what changes: a new Application, another destination, a deletion', async () => {
    await start();
    await listed();
    const heard: (string | undefined)[] = [];
    const watch = await server.nextWatch(listPath);
    watch.send('ADDED', application('shop', { version: '11' }));
    await waitUntil(() => hub.state().applications === 1);
    const unfollow = hub.follow(({ metadata }) => heard.push(metadata?.resourceVersion));
    watch.send('MODIFIED', application('shop', { version: '12' }));
    await waitUntil(() => heard.length === 2);
    unfollow();
    watch.send('MODIFIED', application('shop', { version: '13', destination: { name: 'b' } }));
    await waitUntil(() => hub.state().applications === 0);
    assert.deepEqual(heard, ['11', '12']);
    // It is there, wherever it deploys to: nothing that it left here is nobody's.
    assert.equal(hub.goneForMs(argocd, 'shop'), undefined);
    watch.send('DELETED', application('shop', { version: '14' }));
    await waitUntil(() => hub.goneForMs(argocd, 'shop') !== undefined);
    laterMs = 1000;
    assert.ok((hub.goneForMs(argocd, 'shop') ?? 0) >= 1000);
  });

  it('never calls an Application gone whose name another has, or while the hub is silent', async () => {
    server.answer(
      EVERYWHERE,
      list({ ...application('shop'), metadata: { name: 'shop', namespace: 'b' } }),
    );
    await start({ anyNamespace: true });
    await listed();
    assert.equal(hub.goneForMs(argocd, 'shop'), undefined);
    assert.notEqual(hub.goneForMs(argocd, 'gone'), undefined);
    laterMs = SILENCE_MS + 1000;
    assert.equal(hub.goneForMs(argocd, 'gone'), undefined);
    assert.match(hub.problem() ?? '', /not heard of for \d+ s; what was read last counts/u);
  });

  it('says "listed by nobody" for as long as it keeps what it read', async () => {
    await start();
    await listed();
    assert.deepEqual(hub.findClaims(WEB_REFERENCE), { status: 'found', claims: [] });
    laterMs = KEPT_MS - 5000;
    assert.deepEqual(hub.findClaims(WEB_REFERENCE), { status: 'found', claims: [] });
    laterMs = KEPT_MS + 5000;
    assert.equal(hub.findClaims(WEB_REFERENCE).status, 'unavailable');
  });

  it('believes that an Application lists an object however old that is', async () => {
    server.answer(listPath, list(application('shop', { resources: [WEB, CUSTOM] })));
    await start();
    await listed();
    laterMs = 100 * KEPT_MS;
    assert.equal(hub.findClaims(WEB_REFERENCE).status, 'found');
    const claimed = hub.findClaimed({ namespace: 'shop' });
    assert.deepEqual(claimed.status === 'found' && claimed.objects.map(({ name }) => name), ['w']);
    const kind = hub.findClaimed({ group: 'example.com', kind: 'Widget' });
    assert.deepEqual(kind.status === 'found' && kind.objects.map(({ app }) => app), ['shop']);
  });

  it('counts no Application as its own by what another cluster lists', async () => {
    server.answer(listPath, list(application('other', { destination: { name: 'b' } })));
    await start();
    await listed();
    assert.deepEqual(hub.findClaims(WEB_REFERENCE), { status: 'found', claims: [] });
  });

  it('drops everything that it keeps when it is too much, and reads on one by one', async () => {
    server.answer(
      listPath,
      list(application('shop', { resources: Array.from({ length: 50 }, () => WEB) })),
    );
    holds('shop');
    await start({ entriesMax: 10 });
    await waitUntil(() => ended.includes('applications.argoproj.io overflowed'));
    assert.equal(phaseOf(await ask('shop')), 'Running');
    assert.equal(hub.findClaims(WEB_REFERENCE).status, 'unavailable');
    assert.equal(hub.state().entries, 0);
    assert.match(hub.problem() ?? '', /raise kubernetes.hub.entriesMax/u);
  });

  it('takes what is no Application for an answer that cannot be used', async () => {
    server.answer(`${listPath}/shop`, { text: '"text"' });
    await start();
    assert.equal((await ask('shop')).status, 'unavailable');
    server.answer(`${listPath}/api`, { body: { kind: 'Application', spec: { destination: 7 } } });
    assert.deepEqual(await ask('api'), { status: 'absent', isElsewhere: true });
  });

  it('reads how Argo CD marks objects from the hub, and does without where it may not', async () => {
    const data = { 'application.resourceTrackingMethod': 'label' };
    server.answer(configMapsPath, list({ metadata: { name: 'argocd-cm' }, data }));
    await start();
    await waitUntil(() => hub.argocdSettings()?.trackingMethod === 'label');
    await hub.close();
    server.answer(configMapsPath, { status: 403 });
    await start();
    await waitUntil(() => ended.includes('argocd-cm forbidden'));
    assert.equal(hub.argocdSettings(), undefined);
    assert.equal(hub.problem(), undefined);
  });

  it('learns from the cluster Secret what the hub calls this cluster', async () => {
    server.answer(listPath, list(application('shop', { destination: { name: 'spoke' } })));
    holds('shop', { destination: { name: 'spoke' } });
    server.answer(secretsPath, { status: 403 });
    await start({ cluster: { secret: 'cluster-spoke' } });
    const unnamed = await ask('shop');
    assert.equal(unnamed.status === 'unavailable' && unnamed.code, 'hub_unavailable');
    await listed();
    assert.equal(hub.findClaims(WEB_REFERENCE).status, 'unavailable');
    server.answer(
      secretsPath,
      list({
        metadata: {
          name: 'cluster-spoke',
          namespace: argocd,
          labels: { 'argocd.argoproj.io/secret-type': 'cluster' },
        },
        data: { name: Buffer.from('spoke').toString('base64') },
      }),
    );
    await waitUntil(() => hub.state().isSynced && hub.state().applications === 1);
    assert.equal((await ask('shop')).status, 'found');
    assert.equal(hub.findClaims(WEB_REFERENCE).status, 'found');
    const asked = server.requests.filter((request) => request.startsWith(secretsPath));
    assert.ok(
      asked.every((request) => request.includes('fieldSelector=metadata.name%3Dcluster-spoke')),
    );
  });

  it('waits for no hub that is slow beyond the deadline', async () => {
    server.answer(listPath, list(application('shop')));
    await start();
    await listed();
    server.answer(`${listPath}/shop`, { after: new Promise(() => undefined) });
    const reference = applicationReference(argocd, 'shop');
    const deadlineAtMs = monotonicMs(clock.monotonicMs() + 50);
    const answer = await hub.read({ reference, isFresh: true, deadlineAtMs });
    assert.equal(phaseOf(answer), 'Running');
  });
});
