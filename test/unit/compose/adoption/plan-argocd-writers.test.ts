import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyArgocd } from '../../../../src/compose/adoption/classify-argocd.ts';
import type { ClusterSurvey } from '../../../../src/compose/adoption/cluster-survey.ts';
import { planArgocdWriters } from '../../../../src/compose/adoption/plan-argocd-writers.ts';
import {
  applicationOf,
  argocdController,
  argocdSettings,
  podOf,
  seen,
  surveyOf,
} from '../../../support/adoption-samples.ts';

const CONTROLLER = {
  name: 'argocd',
  username: 'system:serviceaccount:argocd:argocd-application-controller',
  tool: 'argocd',
  proof: 'pod-bound',
  workload: { kind: 'StatefulSet', name: 'argocd-application-controller' },
};
const IMPERSONATES = argocdSettings({ 'application.sync.impersonation.enabled': 'true' });
const MANAGER = { namespace: 'kube-system', name: 'argocd-manager' };

function plan(changes: Partial<ClusterSurvey>) {
  const survey = surveyOf(changes);
  const { items, questions } = planArgocdWriters(classifyArgocd(survey), survey);
  return {
    items,
    values: items.map(({ value }) => value),
    questions: questions.map(({ key, text }) => `${key}: ${text}`),
  };
}

function local(changes: Partial<ClusterSurvey> = {}) {
  return plan({
    workloads: seen([argocdController()]),
    pods: new Map([['argocd', seen([podOf()])]]),
    argocdSettings: new Map([['argocd', argocdSettings()]]),
    ...changes,
  });
}

function impersonating(accounts: readonly string[], changes: Partial<ClusterSurvey> = {}) {
  const destinationServiceAccounts = accounts.map((account) => ({
    server: '*',
    namespace: '*',
    account,
  }));
  return local({
    argocdSettings: new Map([['argocd', IMPERSONATES]]),
    applications: seen([applicationOf()]),
    projects: seen([
      { namespace: 'shop', name: 'default', destinationServiceAccounts: [] },
      { namespace: 'argocd', name: 'default', destinationServiceAccounts },
    ]),
    ...changes,
  });
}

test('where no Argo CD applies, nobody is proposed', () => {
  assert.deepEqual(plan({}), { items: [], values: [], questions: [] });
});

test('the application controller is a writer, by its pod and its workload', () => {
  const { items, questions } = local();

  assert.deepEqual(items, [
    {
      notes: [
        "because StatefulSet argocd/argocd-application-controller runs Argo CD's application controller with the ServiceAccount argocd-application-controller",
        'Pod argocd/argocd-application-controller-0 has a token that is bound to it',
      ],
      value: CONTROLLER,
    },
  ]);
  assert.deepEqual(questions, []);
});

test('a second Argo CD is a question, and never a writer', () => {
  const evil = argocdController({ namespace: 'evil', createdAt: '2026-11-01T00:00:00Z' });

  const { values, questions } = local({ workloads: seen([evil, argocdController()]) });

  assert.deepEqual(values, [CONTROLLER]);
  assert.match(questions.join(), /^ownership\.argocd\.namespace: StatefulSet evil\//u);
});

test('an account of a hub beside a local Argo CD is a question', () => {
  const { values, questions } = local({ accounts: seen([MANAGER]) });

  assert.deepEqual(values, [CONTROLLER]);
  assert.match(questions.join(), /^kubernetes\.hub: ServiceAccount kube-system\/argocd-manager/u);
});

test('a controller that runs no pod is a question', () => {
  const { questions } = local({ pods: new Map([['argocd', seen([])]]) });

  assert.match(questions.join(), /^identity\.writers: No running pod uses/u);
});

test('accounts of hubs are writers with what their tokens are', () => {
  const other = { namespace: 'argocd-access', name: 'argocd-manager' };
  const { values, items, questions } = plan({
    accounts: seen([MANAGER, other]),
    tokenSecrets: seen([
      { namespace: 'kube-system', name: 'long-lived', account: 'argocd-manager' },
    ]),
  });

  assert.deepEqual(values, [
    {
      name: 'hub',
      username: 'system:serviceaccount:kube-system:argocd-manager',
      tool: 'argocd',
      proof: 'legacy',
    },
    {
      name: 'hub-2',
      username: 'system:serviceaccount:argocd-access:argocd-manager',
      tool: 'argocd',
      proof: 'unbound',
    },
  ]);
  assert.match(items[0]?.notes[1] ?? '', /^Secret kube-system\/long-lived keeps a token/u);
  assert.match(items[1]?.notes[1] ?? '', /^No Secret with a token/u);
  assert.match(questions.join(), /^identity\.writers\[\]\.credentials: /u);
});

test('whether Argo CD impersonates is a question where its settings could not be read', () => {
  const { values, questions } = local({ argocdSettings: new Map() });

  assert.deepEqual(values, [CONTROLLER]);
  assert.match(questions.join(), /argocd-cm could not be read/u);
});

test('whom Argo CD impersonates is a writer, once for all its Applications', () => {
  const names = ['a', 'b', 'c', 'd'];
  const applications = seen(names.map((name) => applicationOf({ name })));

  const { items, questions } = impersonating(['deployer'], { applications });

  assert.deepEqual(items[1], {
    notes: [
      'because Argo CD impersonates it for Applications argocd/a, argocd/b, argocd/c and 1 more (destinationServiceAccounts of the project)',
      'Whoever may impersonate the account passes for Argo CD; applications: […] would narrow what it may write',
    ],
    value: {
      name: 'argocd-shop-deployer',
      username: 'system:serviceaccount:shop:deployer',
      tool: 'argocd',
      proof: 'impersonated',
    },
  });
  assert.deepEqual(questions, []);
});

test('an Application without an account, or without its project, is a question', () => {
  const applications = seen([
    applicationOf({ name: 'a' }),
    applicationOf({ name: 'b', project: 'gone' }),
  ]);

  const { values, questions } = impersonating([], { applications });

  assert.deepEqual(values, [CONTROLLER]);
  assert.match(
    questions.join(),
    /Applications argocd\/a, argocd\/b \(no entry matches; "project gone" is not understood\)/u,
  );
});

test('an account of its own that Argo CD impersonates is a question: a writer has one proof', () => {
  const { values, questions } = impersonating(['argocd:argocd-application-controller']);

  assert.deepEqual(values, [CONTROLLER]);
  assert.match(
    questions.join(),
    /impersonates its own account .* for Application argocd\/checkout\./u,
  );
});

test('more accounts than there is room for are counted', () => {
  const applications = seen(
    Array.from({ length: 82 }, (_, index) => {
      const destination = {
        server: 'https://kubernetes.default.svc',
        name: '',
        namespace: `n${index}`,
      };
      return applicationOf({ name: `a${index}`, destination });
    }),
  );

  const { values, questions } = impersonating(['deployer'], { applications });

  assert.equal(values.length, 81);
  assert.match(questions.join(), /2 more accounts are impersonated/u);
});
