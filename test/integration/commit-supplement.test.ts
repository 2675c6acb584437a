/** What is known beside verdicts, with the real thread, git and ssh-keygen: changes, promotions, and what is trusted no more. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CommitFact } from '../../src/source/commits/commit-fact.ts';
import {
  applicationAt,
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

/** The status after an operation that has ended. */
function synced(revision: string): object {
  return { operationState: { phase: 'Succeeded', syncResult: { revision } } };
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

test('production gets what staging has verified, and what is in its history, and nothing else', async (t) => {
  const { binder, configure, workshop, url, key } = await openCommitStage(t);
  const first = await workshop.commit({ key, message: 'First' });
  const second = await workshop.commit({ key, message: 'Second' });
  const third = await workshop.commit({ key, message: 'Third' });
  const { judgeCommits } = await binder.bind(configure({}, {}, PROMOTIONS));
  const deploy = async (name: string, id: string): Promise<unknown> => {
    const [fact] = await judgeNow(judgeCommits, applicationAt(url, syncing(id), { name }));
    return fact?.promotions?.map(({ status }) => status);
  };

  assert.deepEqual(await deploy('shop-production', second), ['missing']);
  assert.equal(await deploy('shop-staging', second), undefined);
  assert.deepEqual(await deploy('shop-production', third), ['missing']);
  assert.deepEqual(await deploy('cart-production', second), ['missing']);
  // What production was refused is no step on the way to the next application.
  assert.deepEqual(await deploy('shop-archive', third), ['missing']);
  assert.deepEqual(await deploy('shop-production', second), ['promoted']);
  assert.deepEqual(await deploy('shop-production', first), ['promoted']);
  assert.deepEqual(await deploy('shop-archive', first), ['promoted']);
});

test('a sync that wrote nothing counts once its status says so, and a comparison does not', async (t) => {
  const { openBinder, configure, workshop, url, key, telemetry } = await openCommitStage(t);
  const first = await workshop.commit({ key, message: 'First' });
  const second = await workshop.commit({ key, message: 'Second' });
  const api = await startFakeApiServer();
  t.after(() => api.stop());
  const staging = { name: 'shop-staging' };
  const status = { ...synced(first), sync: { revision: second } };
  const { application } = applicationAt(url, status, staging);
  api.answer('/apis/argoproj.io/v1alpha1/applications', listOf(application));
  api.answer('/api/v1/namespaces/argocd/secrets', listOf());
  const kubernetes = { kubeconfigFile: api.kubeconfigFile };
  const { judgeCommits } = await openBinder({ isLive: true }).bind(
    configure({}, {}, { ...PROMOTIONS, kubernetes }),
  );
  const deploy = async (id: string): Promise<string | undefined> => {
    const origin = applicationAt(url, syncing(id), { name: 'shop-production' });
    const [fact] = await judgeNow(judgeCommits, origin);
    return fact?.promotions?.[0]?.status;
  };

  // Before anybody asks.
  const counted = 'holdfast_commit_changes_total{outcome="judged"}';
  await waitUntil(async () => (await telemetry.exposed(counted)).length === 1);
  await waitUntil(async () => (await deploy(first)) === 'promoted');
  assert.equal(await deploy(second), 'missing');
});

test('what is promoted survives a restart', async (t) => {
  const stage = await openCommitStage(t);
  const { configure, workshop, url, key } = stage;
  place(stage, 'shop-staging');
  const id = await workshop.commit({ key });
  const configuration = configure({}, {}, PROMOTIONS);
  const before = await stage.binder.bind(configuration);
  await judgeNow(before.judgeCommits, applicationAt(url, syncing(id), { name: 'shop-staging' }));
  await stage.binder.close();

  const { judgeCommits } = await stage.openBinder().bind(configuration);
  const origin = applicationAt(url, syncing(id), { name: 'shop-production' });
  const [fact] = await judgeNow(judgeCommits, origin);
  assert.deepEqual(
    fact?.promotions?.map(({ status }) => status),
    ['promoted'],
  );
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
