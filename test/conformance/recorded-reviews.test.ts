/**
 * The default policies on a day of a real API server and a real Argo CD, under each configuration that matters for it.
 *
 * The whole request path but the server: bytes, decode, facts, compiled policies, decision.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { bundleFolder } from '../support/policy-bundles.ts';
import { createOfflineDecider } from '../../src/compose/offline.ts';
import type { OfflineDecider, OfflineVerdict } from '../../src/compose/offline.ts';
import type { SnapshotObjects } from '../../src/kubernetes/lookup/snapshot-lookup.ts';
import { foldClusterState, readRecordedDay } from '../../src/compose/recorded-day.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import type { Decision } from '../../src/admission/decision.ts';
import type { RecordedReview } from '../support/recorded-reviews.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Not ours, so not in this repository: read in place, where it lies beside the clone. */
const RECORDING = join(ROOT, '../shared/data/admission-reviews/recorded.json');
const isThere = existsSync(RECORDING);
const options = { skip: isThere ? false : 'the day of a real Argo CD is not beside this clone' };

const cases = isThere ? await readRecordedDay(RECORDING) : [];
const recorded: readonly RecordedReview[] = cases.map(({ action, expect, review }) => ({
  action,
  expect,
  body: Buffer.from(JSON.stringify(review)),
}));
/** What the cluster knew: each object as it was seen first. */
const clusterState = foldClusterState(cases);
/** The same, which goes on with each review that is decided. */
let followed = clusterState;
/** The same, before anybody deleted the namespace. */
const morningState = clusterState.map((object) =>
  isOfKind(object, 'Namespace')
    ? { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
    : object,
);
/** The same, while the Application's operation carries manifests that are in no repository. */
const launderingState = [
  ...clusterState.filter((object) => !isOfKind(object, 'Application')),
  cases.find(({ action }) => action === 'human-app-inline-manifests')?.review.request['object'],
];

function isOfKind(object: unknown, kind: string): boolean {
  return typeof object === 'object' && object !== null && Reflect.get(object, 'kind') === kind;
}

const closing: (() => Promise<void>)[] = [];
after(() => Promise.all(closing.map((close) => close())));

interface Day {
  readonly proof?: 'none' | 'pod-bound';
  readonly allowRestart?: boolean;
  readonly gitopsOnlyNamespaces?: readonly string[];
  readonly clusterState?: SnapshotObjects;
}

/** The configuration that the day was recorded under, as far as the reviews tell. */
async function decider(day: Day = {}): Promise<OfflineDecider> {
  const { proof = 'none', allowRestart = false, gitopsOnlyNamespaces = [] } = day;
  const username = 'system:serviceaccount:argocd:argocd-application-controller';
  const written = JSON.stringify({
    cluster: { name: 'recorded' },
    identity: { writers: [{ name: 'argocd', username, tool: 'argocd', proof }] },
    ownership: { gitopsOnlyNamespaces },
    policies: {
      bundle: await bundleFolder(),
      settings: { gitops_only_writes: { parameters: { allowRestart } } },
    },
  });
  const parsed = parseConfiguration(written, { file: 'recorded.yaml', folder: ROOT });
  assert.ok(parsed.ok);
  const made = await createOfflineDecider(parsed.configuration, {
    clusterStateObjects: day.clusterState ?? (() => followed),
  });
  closing.push(made.close);
  return made;
}

function decisionOf(verdict: OfflineVerdict): Decision {
  assert.equal(verdict.status, 'decided');
  return verdict.status === 'decided' ? verdict.decision : assert.fail();
}

/** One line per review: what was done, and what was answered. */
async function decideAll(
  made: OfflineDecider,
  reviews: readonly RecordedReview[] = recorded,
): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const [index, { action, body }] of reviews.entries()) {
    followed = foldClusterState(cases, index);
    const { allowed } = decisionOf(await made.decide(body, 'validate'));
    answers.push(`${index} ${action}: ${allowed ? 'allow' : 'deny'}`);
  }
  return answers;
}

type Expectation = (review: RecordedReview) => string;

function expected(expect: Expectation): readonly string[] {
  return recorded.map((review, index) => `${index} ${review.action}: ${expect(review)}`);
}

const asRecorded: Expectation = ({ expect }) => (expect === 'allow' ? 'allow' : 'deny');

function isWritersOwn({ body }: RecordedReview): boolean {
  return body.includes('"username":"system:serviceaccount:argocd:argocd-application-controller"');
}

/** The recording is a sample out of order: this ReplicaSet is made after its Deployment was deleted. */
function isOfADeletedOwner({ body }: RecordedReview): boolean {
  return body.includes('"operation":"CREATE"') && body.includes('"resource":"replicasets"');
}

async function decideOne(made: OfflineDecider, action: string): Promise<Decision> {
  const review = recorded.find((candidate) => candidate.action === action);
  assert.ok(review);
  return decisionOf(await made.decide(review.body, 'validate'));
}

test('every recorded review is decided as expected', options, async () => {
  assert.deepEqual(await decideAll(await decider()), expected(asRecorded));
});

test('a writer that owes a pod-bound token writes nothing without one', options, async () => {
  const made = await decider({ proof: 'pod-bound' });

  assert.deepEqual(
    await decideAll(made),
    expected((review) => (isWritersOwn(review) ? 'deny' : asRecorded(review))),
  );
});

test('a rollout restart passes where it is allowed, and nothing else does', options, async () => {
  const made = await decider({ allowRestart: true });

  assert.deepEqual(
    await decideAll(made),
    expected((review) =>
      review.action === 'human-rollout-restart' ? 'allow' : asRecorded(review),
    ),
  );
});

test('nothing new is made by hand in a GitOps-only namespace', options, async () => {
  const made = await decider({ gitopsOnlyNamespaces: ['shop'] });

  assert.deepEqual(
    await decideAll(made),
    expected((review) =>
      review.action === 'human-create-shadow' || isOfADeletedOwner(review)
        ? 'deny'
        : asRecorded(review),
    ),
  );
  assert.equal((await decideOne(made, 'human-create-shadow')).code, 'gitops_only_namespace');
});

test(
  'in the name of the namespace controller nothing is deleted where a namespace lives',
  options,
  async () => {
    const made = await decider({ gitopsOnlyNamespaces: ['shop'], clusterState: morningState });
    const deletions = recorded.filter(({ body }) =>
      body.includes('"username":"system:serviceaccount:kube-system:namespace-controller"'),
    );
    const answers = await decideAll(
      made,
      deletions.filter(({ body }) => body.includes('"resource":"configmaps"')),
    );

    assert.deepEqual(answers, ['0 background: deny']);
  },
);

test('a refused image reads as a person needs it at three in the morning', options, async () => {
  const decision = await decideOne(await decider(), 'human-set-image');

  const [what = '', field, whatToDo = '', ...rest] = decision.message.split('\n');
  assert.match(what, /^deployments\.apps shop\/checkout is managed by .*"checkout"/u);
  assert.equal(
    field,
    'spec.template.spec.containers[app].image: registry.local/checkout:1.0.0 → evil:latest',
  );
  assert.match(whatToDo, / under shop in git:\/\/127\.0\.0\.1:29418\/src /u);
  assert.deepEqual(rest, [
    `(managed_object_changed by gitops_only_writes, cluster recorded, decision ${decision.id})`,
  ]);
});

const CODES: readonly (readonly [action: string, code: string])[] = [
  ['human-apply-configmap', 'managed_mark_removed'],
  ['human-ssa-spoofed-manager', 'managed_object_changed'],
  ['human-scale', 'managed_object_scaled'],
  ['human-delete-deploy', 'managed_object_deleted'],
  ['human-mint-token', 'writer_token_requested'],
  ['human-pod-with-gitops-sa', 'writer_account_used'],
  ['human-patch-application', 'gitops_control_plane_changed'],
  ['human-app-inline-manifests', 'inline_manifests_injected'],
  ['human-delete-ns', 'namespace_holds_managed_objects'],
];

test('every refusal has a code of its own kind', options, async () => {
  const made = await decider();
  const codes: (readonly [string, string])[] = [];
  for (const [action] of CODES) codes.push([action, (await decideOne(made, action)).code]);

  assert.deepEqual(codes, CODES);
});

function laundered(): RecordedReview {
  const review = recorded.find(({ expect }) => expect === 'deny-by-source');
  assert.ok(review);
  return review;
}

test('manifests from no repository are refused for want of a mark', options, async () => {
  const decision = decisionOf(await (await decider()).decide(laundered().body, 'validate'));

  assert.equal(decision.code, 'source_unknown');
});

test('manifests from no repository are refused with a forged mark too', options, async () => {
  const made = await decider({ clusterState: launderingState });
  const mark = '"argocd.argoproj.io/tracking-id":"checkout:/ConfigMap:shop/laundered"';
  const forged = laundered().body.toString().replace('"annotations":{', `"annotations":{${mark},`);
  const decision = decisionOf(await made.decide(Buffer.from(forged), 'validate'));

  assert.equal(decision.code, 'source_inline_manifests');
});
