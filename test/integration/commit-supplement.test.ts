/** What is known beside verdicts, with the real thread, git and ssh-keygen: changes, promotions, and what is trusted no more. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { addMs, systemClock } from '../../src/base/clock.ts';
import type { CommitFact } from '../../src/source/commits/commit-fact.ts';
import { kustomizationReference } from '../../src/kubernetes/object-reference.ts';
import type { JudgeCommits } from '../../src/source/find-source.ts';
import {
  applicationAt,
  applicationObject,
  judgeNow,
  openCommitStage,
  syncing,
  type CommitStage,
} from '../support/commits/commit-stage.ts';
import { startFakeApiServer } from '../support/fake-api-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const PROMOTIONS = {
  promotions: [
    { name: 'staging-first', to: 'argocd/*-production', from: 'argocd/*-staging' },
    { name: 'production-first', to: 'argocd/*-archive', from: 'argocd/*-production' },
  ],
};

const APPLICATIONS = '/apis/argoproj.io/v1alpha1/applications';

/** The status after an operation that has ended; it succeeded if nothing else is said. */
function synced(revision: string, state: object = {}): object {
  return { operationState: { phase: 'Succeeded', ...state, syncResult: { revision } } };
}

/** A process that watches the Applications of a cluster, whose statuses the test tells. */
async function follow(t: TestContext, { openBinder, configure, url }: CommitStage) {
  const api = await startFakeApiServer();
  t.after(() => api.stop());
  api.answer(APPLICATIONS, listOf());
  api.answer('/api/v1/namespaces/argocd/secrets', listOf());
  const kubernetes = { kubeconfigFile: api.kubeconfigFile };
  const binder = openBinder({ isLive: true });
  const watching = api.nextWatch(APPLICATIONS);
  const { judgeCommits } = await binder.bind(configure({}, {}, { ...PROMOTIONS, kubernetes }));
  const watch = await watching;
  let version = 1;
  const tell = (name: string, status: object): void => {
    version += 1;
    const metadata = { name, namespace: 'argocd', uid: name, resourceVersion: String(version) };
    watch.send('MODIFIED', { ...applicationObject(url, status), metadata });
  };
  return { binder, judgeCommits, tell };
}

function contentOf(fact: CommitFact | undefined) {
  return fact?.status === 'verified' ? fact.content : undefined;
}

function listOf(...items: readonly unknown[]) {
  return { body: { metadata: { resourceVersion: '1' }, items } };
}

/** Adds the Application to the cluster, as far as look-ups see it. */
function place({ objects }: CommitStage, name: string): void {
  objects.set(`Application argocd/${name}`, { metadata: { name, namespace: 'argocd' } });
}

test('a verified commit says what it changed, unless the configuration does not ask', async (t) => {
  const { binder, configure, workshop, url, key } = await openCommitStage(t);
  await workshop.commit({ key });
  await writeFile(join(workshop.folder, 'repository', 'app.yaml'), 'a\nb\n');
  await workshop.git('add', '--all');
  const id = await workshop.commit({ key });
  const { judgeCommits } = await binder.bind(configure());
  const [fact] = await judgeNow(judgeCommits, applicationAt(url, syncing(id)));

  assert.deepEqual(contentOf(fact)?.changes, {
    filesCount: 1,
    linesAdded: 2,
    linesDeleted: 0,
    uncountedFilesCount: 0,
    files: [{ path: 'app.yaml', linesAdded: 2, linesDeleted: 0 }],
    truncated: false,
  });
  const without = await binder.bind(configure({ countChanges: false }));
  const [bare] = await judgeNow(without.judgeCommits, applicationAt(url, syncing(id)));
  assert.equal(bare?.status, 'verified');
  assert.equal(contentOf(bare)?.changes, undefined);
});

test('production gets what staging has deployed, and what is in its history, and nothing else', async (t) => {
  const stage = await openCommitStage(t);
  const { workshop, url, key } = stage;
  const first = await workshop.commit({ key, message: 'First' });
  const second = await workshop.commit({ key, message: 'Second' });
  const third = await workshop.commit({ key, message: 'Third' });
  const { judgeCommits, tell } = await follow(t, stage);
  const deploy = async (name: string, id: string): Promise<unknown> => {
    const [fact] = await judgeNow(judgeCommits, applicationAt(url, syncing(id), { name }));
    return fact?.promotions?.map(({ status }) => status);
  };
  const waitPromoted = (name: string, id: string) =>
    waitUntil(async () => String(await deploy(name, id)) === 'promoted');

  assert.deepEqual(await deploy('shop-production', second), ['missing']);
  // An operation that writes is none that has succeeded.
  assert.equal(await deploy('shop-staging', second), undefined);
  assert.deepEqual(await deploy('shop-production', second), ['missing']);
  tell('shop-staging', synced(second));
  await waitPromoted('shop-production', second);
  assert.deepEqual(await deploy('shop-production', first), ['promoted']);
  assert.deepEqual(await deploy('shop-production', third), ['missing']);
  assert.deepEqual(await deploy('cart-production', second), ['missing']);
  // What production was refused is no step on the way to the next application, whatever its status says.
  assert.deepEqual(await deploy('shop-archive', first), ['missing']);
  tell('shop-production', synced(third));
  tell('shop-production', synced(first));
  await waitPromoted('shop-archive', first);
  assert.deepEqual(await deploy('shop-archive', second), ['missing']);
  assert.deepEqual(await deploy('shop-archive', third), ['missing']);
});

test('a sync that wrote nothing counts once its status says so, and a comparison or a failure does not', async (t) => {
  const stage = await openCommitStage(t);
  const { workshop, url, key, telemetry } = stage;
  const first = await workshop.commit({ key, message: 'First' });
  const second = await workshop.commit({ key, message: 'Second' });
  const { judgeCommits, tell } = await follow(t, stage);
  const deploy = async (id: string): Promise<string | undefined> => {
    const origin = applicationAt(url, syncing(id), { name: 'shop-production' });
    const [fact] = await judgeNow(judgeCommits, origin);
    return fact?.promotions?.[0]?.status;
  };

  tell('shop-staging', { ...synced(first), sync: { revision: second } });
  // Before anybody asks.
  const counted = 'holdfast_commit_changes_total{outcome="judged"}';
  await waitUntil(async () => (await telemetry.exposed(counted)).length === 1);
  await waitUntil(async () => (await deploy(first)) === 'promoted');
  assert.equal(await deploy(second), 'missing');
  tell('shop-staging', synced(second, { phase: 'Failed' }));
  tell('shop-staging', synced(second, { operation: { sync: { dryRun: true } } }));
  // Told in order: once this one is known, those before are.
  tell('cart-staging', synced(first));
  await waitUntil(async () => {
    const origin = applicationAt(url, syncing(first), { name: 'cart-production' });
    const [fact] = await judgeNow(judgeCommits, origin);
    return fact?.promotions?.[0]?.status === 'promoted';
  });
  assert.equal(await deploy(second), 'missing');
});

test('what is promoted survives a restart', async (t) => {
  const stage = await openCommitStage(t);
  const { configure, workshop, url, key } = stage;
  place(stage, 'shop-staging');
  const id = await workshop.commit({ key });
  const production = applicationAt(url, syncing(id), { name: 'shop-production' });
  const judge = async (judgeCommits: JudgeCommits | undefined) => {
    const [fact] = await judgeNow(judgeCommits, production);
    return fact?.promotions?.map(({ status }) => status);
  };
  const before = await follow(t, stage);
  before.tell('shop-staging', synced(id));
  await waitUntil(async () => String(await judge(before.judgeCommits)) === 'promoted');
  await before.binder.close();

  const { judgeCommits } = await stage.openBinder().bind(configure({}, {}, PROMOTIONS));
  assert.deepEqual(await judge(judgeCommits), ['promoted']);
});

test('a dry run is not verified again, and a write is, before its operation has succeeded', async (t) => {
  const stage = await openCommitStage(t);
  const { binder, configure, workshop, url, key, lost } = stage;
  const { text } = await workshop.makeKey('other', '-t', 'ed25519');
  const id = await workshop.commit({ key });
  const { judgeCommits } = await binder.bind(configure());
  for (const [name, dryRun] of [
    ['shop', true],
    ['cart', false],
  ] as const) {
    place(stage, name);
    const deadlineAtMs = addMs(systemClock.monotonicMs(), 30_000);
    await judgeCommits?.(applicationAt(url, syncing(id), { name }), deadlineAtMs, { dryRun });
  }
  await workshop.write('allowed_signers', `alice@example.com ${text}\n`);
  await waitUntil(() => lost.length > 0);
  assert.deepEqual(lost, [`Application argocd/cart ${id} unknown_key`]);
  assert.deepEqual(await stage.telemetry.exposed('holdfast_deployed_applications'), [
    'holdfast_deployed_applications 1',
  ]);
});

test('a key that is revoked after a deployment is found at once, for each application once', async (t) => {
  const stage = await openCommitStage(t);
  const { binder, configure, workshop, url, key, lost } = stage;
  const { text } = await workshop.makeKey('other', '-t', 'ed25519');
  await workshop.write('revoked_keys', '');
  const revokedKeysFile = join(workshop.folder, 'revoked_keys');
  const id = await workshop.commit({ key });
  const { judgeCommits } = await binder.bind(configure({ revokedKeysFile }));
  for (const name of ['shop', 'cart', 'gone']) {
    await judgeNow(judgeCommits, applicationAt(url, syncing(id), { name }));
  }
  place(stage, 'shop');
  place(stage, 'cart');

  await workshop.write('revoked_keys', await workshop.read('key.pub'));
  await waitUntil(() => lost.length === 2);
  assert.deepEqual(lost.toSorted(), [
    `Application argocd/cart ${id} key_revoked`,
    `Application argocd/shop ${id} key_revoked`,
  ]);
  // Another change of trust repeats nothing.
  await workshop.write('allowed_signers', `bob@example.com ${text}\n`);
  const checked = 'holdfast_deployed_commits_verified_total{outcome="lost"}';
  await waitUntil(async () => (await stage.telemetry.exposed(checked))[0] === `${checked} 4`);
  assert.equal(lost.length, 2);
});

test('a key that was revoked while no process ran is found by the next one', async (t) => {
  const stage = await openCommitStage(t);
  const { configure, workshop, url, key, lost } = stage;
  place(stage, 'shop');
  const id = await workshop.commit({ key });
  const { judgeCommits } = await stage.binder.bind(configure());
  await judgeNow(judgeCommits, applicationAt(url, syncing(id)));
  await stage.binder.close();
  const { text } = await workshop.makeKey('other', '-t', 'ed25519');
  await workshop.write('allowed_signers', `alice@example.com ${text}\n`);

  await stage.openBinder().bind(configure());
  await waitUntil(() => lost.length === 1);
  assert.deepEqual(lost, [`Application argocd/shop ${id} unknown_key`]);
});

const KUSTOMIZATIONS = '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations';

test('what Flux has tried counts as deployed once its status says that it was applied, too', async (t) => {
  const { workshop, url, key, objects, openBinder, configure } = await openCommitStage(t);
  const id = await workshop.commit({ key });
  const api = await startFakeApiServer();
  t.after(() => api.stop());
  api.answer(KUSTOMIZATIONS, listOf());
  const binder = openBinder({ isLive: true });
  const watching = api.nextWatch(KUSTOMIZATIONS);
  const promotion = { kind: 'Kustomization', to: 'apps/*-production', from: 'apps/*-staging' };
  const { judgeCommits } = await binder.bind(
    configure(
      {},
      {},
      {
        promotions: [{ name: 'staging-first', ...promotion }],
        kubernetes: { kubeconfigFile: api.kubeconfigFile },
      },
    ),
  );
  const watch = await watching;
  const revision = `main@sha1:${id}`;
  objects.set('GitRepository apps/fleet', {
    kind: 'GitRepository',
    metadata: { name: 'fleet', namespace: 'apps' },
    spec: { url, ref: { branch: 'main' } },
    status: { artifact: { revision } },
  });
  let version = 1;
  const tell = (name: string, status: object): void => {
    version += 1;
    const object = {
      kind: 'Kustomization',
      metadata: { name, namespace: 'apps', resourceVersion: String(version) },
      spec: { path: 'prod', sourceRef: { kind: 'GitRepository', name: 'fleet' } },
      status,
    };
    objects.set(`Kustomization apps/${name}`, object);
    watch.send('MODIFIED', object);
  };
  const deploy = async (): Promise<unknown> => {
    const reference = kustomizationReference('apps', 'shop-production');
    const [fact] = await judgeNow(judgeCommits, { reference });
    return fact?.promotions?.map(({ status }) => status);
  };

  tell('shop-production', { lastAttemptedRevision: revision });
  tell('shop-staging', { lastAttemptedRevision: revision });
  assert.deepEqual(await deploy(), ['missing']);
  tell('shop-staging', { lastAttemptedRevision: revision, lastAppliedRevision: revision });
  await waitUntil(async () => String(await deploy()) === 'promoted');
});
