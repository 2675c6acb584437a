import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import { surveyCluster } from '../../../../src/compose/adoption/survey-cluster.ts';
import {
  ADOPTION_PATHS,
  controllerObject,
  openAdoptionStage,
} from '../../../support/adoption-stage.ts';
import { connectToFake } from '../../../support/fake-client.ts';

async function open(t: TestContext) {
  const api = await openAdoptionStage(t);
  const looks: string[] = [];
  const client = await connectToFake(api);
  t.after(() => {
    client.close();
  });
  const survey = () =>
    surveyCluster({ client, clock: systemClock, onLook: (resource) => looks.push(resource) });
  return { api, looks, survey };
}

test('a cluster is read in pages, Secrets and accounts by their metadata alone', async (t) => {
  const { api, looks, survey } = await open(t);

  const found = await survey();

  assert.deepEqual(found.version, { status: 'seen', value: 'v1.36.3' });
  assert.equal(found.workloads.status === 'seen' && found.workloads.value[0]?.namespace, 'argocd');
  assert.deepEqual([...found.argocdSettings.keys()], ['argocd']);
  assert.deepEqual(found.argocdSettings.get('argocd')?.status, 'seen');
  assert.deepEqual([...found.pods.keys()], ['argocd']);
  assert.deepEqual(found.counts.get('pods'), { status: 'seen', value: 42 });
  // What is not served has no objects, and is not asked for.
  assert.deepEqual(found.helmReleases, { status: 'seen', value: [] });
  const secrets = api.requests.filter((path) => path.startsWith(ADOPTION_PATHS.secrets));
  assert.deepEqual(secrets, [
    `${ADOPTION_PATHS.secrets}?limit=500&fieldSelector=type%3Dkubernetes.io%2Fservice-account-token`,
  ]);
  assert.equal(looks.includes('deployments.apps'), true);
});

test('what is forbidden is told apart from what fails, and neither is taken for absent', async (t) => {
  const { api, survey } = await open(t);
  api.answer(ADOPTION_PATHS.deployments, { status: 403 });
  api.answer(ADOPTION_PATHS.nodes, { status: 500 });
  api.answer(ADOPTION_PATHS.version, { status: 403 });
  api.answer(ADOPTION_PATHS.allPods, { status: 403 });

  const { workloads, nodes, version, counts, argocdSettings } = await survey();

  const told = [workloads, nodes, version, counts.get('pods')].map((looked) =>
    looked?.status === 'unseen' ? looked.isForbidden : looked?.status,
  );
  assert.deepEqual(told, [true, false, true, true]);
  assert.equal(argocdSettings.size, 0);
});

test('StatefulSets that may not be read leave it open which controllers run', async (t) => {
  const { api, survey } = await open(t);
  api.answer(ADOPTION_PATHS.statefulSets, { status: 403 });

  assert.equal((await survey()).workloads.status, 'unseen');
});

test('malformed objects, lists and numbers are told', async (t) => {
  const { api, survey } = await open(t);
  const good = controllerObject();
  api.answer(ADOPTION_PATHS.statefulSets, { body: { items: [good, { metadata: {} }] } });
  api.answer(ADOPTION_PATHS.applications, { body: { items: 'none' } });
  api.answer(ADOPTION_PATHS.webhooks, { body: { items: [{}, {}] } });
  api.answer(ADOPTION_PATHS.version, { body: {} });
  api.answer(ADOPTION_PATHS.allPods, { body: { metadata: { continue: 'x' }, items: [{}] } });
  api.answer(ADOPTION_PATHS.settings, { status: 403 });

  const found = await survey();

  assert.equal(found.workloads.status, 'cut');
  assert.equal(found.workloads.status === 'cut' && found.workloads.value.length, 1);
  assert.deepEqual(found.applications.status, 'unseen');
  assert.deepEqual(found.mutatingWebhooks, {
    status: 'cut',
    value: [],
    reason: '2 objects are not of the expected form',
  });
  assert.deepEqual(found.version, {
    status: 'unseen',
    reason: 'GET /version names no version',
    isForbidden: false,
  });
  assert.equal(found.counts.get('pods')?.status, 'unseen');
  assert.equal(found.argocdSettings.get('argocd')?.status, 'unseen');
});

test('a list without an end is cut, and says so', async (t) => {
  const { api, survey } = await open(t);
  const page = {
    metadata: { continue: 'again' },
    items: [{ metadata: { name: 'a', namespace: 'b' } }],
  };
  api.answer(ADOPTION_PATHS.accounts, { body: page });

  const { accounts } = await survey();

  assert.equal(accounts.status, 'cut');
  assert.match(accounts.status === 'cut' ? accounts.reason : '', /holds more than 50000 objects/u);
});

test('of a hundred installations, a few are looked into', async (t) => {
  const { api, survey } = await open(t);
  const items = Array.from({ length: 100 }, (_, index) => controllerObject(`n${String(index)}`));
  api.answer(ADOPTION_PATHS.statefulSets, { body: { items } });

  const { argocdSettings, pods } = await survey();

  assert.deepEqual([argocdSettings.size, pods.size], [10, 10]);
});

test('an API server that does not say what it serves is an error with a remedy', async (t) => {
  const { api, survey } = await open(t);
  api.answer('/apis', { status: 403 });

  await assert.rejects(survey(), { code: 'cluster_unreadable' });
});
