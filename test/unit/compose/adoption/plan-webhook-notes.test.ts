import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MutatingWebhook } from '../../../../src/compose/adoption/cluster-survey.ts';
import { planWebhookNotes } from '../../../../src/compose/adoption/plan-webhook-notes.ts';
import { seen, surveyOf } from '../../../support/adoption-samples.ts';

const FOLLOWED = [
  'deployments.apps',
  'pods',
  'services',
  'configmaps',
  'jobs.batch',
  'roles.rbac.authorization.k8s.io',
];

function webhook(changes: Partial<MutatingWebhook> = {}): MutatingWebhook {
  return {
    configuration: 'sidecar',
    name: 'sidecar.example.com',
    failurePolicy: 'Fail',
    timeoutSeconds: 10,
    reinvocationPolicy: 'Never',
    rules: [{ groups: [''], resources: ['pods'], operations: ['CREATE'] }],
    isLimited: false,
    ...changes,
  };
}

function plan(webhooks: readonly MutatingWebhook[]) {
  const counts = new Map(FOLLOWED.map((name) => [name, seen(1)]));
  const { notes, questions } = planWebhookNotes(
    surveyOf({ counts, mutatingWebhooks: seen(webhooks) }),
  );
  return { notes, keys: questions.map(({ key }) => key) };
}

test('a webhook that changes Pods is told, with its order and what happens without it', () => {
  assert.deepEqual(plan([webhook()]), {
    notes: [
      "MutatingWebhookConfiguration sidecar, webhook sidecar.example.com, changes pods; called after Holdfast's own; while it is away, writes are refused after 10 s, those of the pods of Holdfast, too, unless it leaves their namespace out",
    ],
    keys: ['manifests.mutated', 'identity.credentials.pinned'],
  });
});

test('a webhook for everything names the first resources, and one that is called again says so', () => {
  const rules = [{ groups: ['*'], resources: ['*/*'], operations: ['*'] }];
  const all = webhook({
    configuration: 'agent',
    failurePolicy: 'Ignore',
    reinvocationPolicy: 'IfNeeded',
    isLimited: true,
    rules,
  });

  assert.deepEqual(plan([all]).notes, [
    "MutatingWebhookConfiguration agent, webhook sidecar.example.com, changes deployments.apps, pods, services, configmaps, jobs.batch and 1 more (some of them: it has selectors); called before Holdfast's own, and again where others changed the object; while it is away, writes pass without it",
  ]);
});

test("Holdfast's own, and what touches nothing that is followed, is left out", () => {
  const others = [{ groups: ['example.com'], resources: ['widgets'], operations: ['CREATE'] }];

  assert.deepEqual(plan([webhook({ configuration: 'holdfast' }), webhook({ rules: others })]), {
    notes: [],
    keys: [],
  });
});

test('subresources count as their resource, and where no Pod is touched nobody asks about images', () => {
  const rules = [{ groups: ['apps'], resources: ['deployments/*'], operations: ['UPDATE'] }];

  assert.deepEqual(plan([webhook({ rules })]).keys, ['manifests.mutated']);
});

test('of hundreds, the first are shown', () => {
  const many = Array.from({ length: 40 }, (_, index) => webhook({ name: `w${index}` }));

  const { notes } = plan(many);

  assert.deepEqual([notes.length, notes.at(-1)], [31, '10 more mutating webhooks are not shown']);
});
