import assert from 'node:assert/strict';
import { test } from 'node:test';
import { styleText } from 'node:util';
import type { Decision } from '../../../../src/admission/decision.ts';
import {
  formatExplanation,
  formatVerdictJson,
  isAllowed,
} from '../../../../src/cli/evaluate/format-verdict.ts';
import type { OfflineVerdict } from '../../../../src/compose/offline.ts';
import type { AdmissionRequest } from '../../../../src/kubernetes/admission-request.ts';
import {
  allowedDecision as allowed,
  deniedDecision as denied,
  sampledRequest as request,
} from '../../../support/decision-samples.ts';

function judged(decision: Decision, more: Partial<AdmissionRequest> = {}) {
  const verdict: OfflineVerdict = {
    status: 'decided',
    request: { ...request, ...more },
    decision,
  };
  return { source: 'f#1', verdict };
}

const rejected = {
  source: 'f#2',
  verdict: { status: 'rejected', code: 'review_uid_missing', message: 'No uid' },
} as const;

function linesOf(decision: Decision, more: Partial<AdmissionRequest> = {}): readonly string[] {
  return formatExplanation(judged(decision, more), { color: false }).split('\n');
}

test('formatExplanation() tells who, what, why, and the answer as kubectl prints it', () => {
  assert.deepEqual(linesOf(denied), [
    'UPDATE deployments.apps/scale shop/checkout  f#1',
    '  who       alice, class other; proof none: not a service account',
    '  what      managed by argocd "argocd/checkout" (annotation argocd.argoproj.io/tracking-id), through Deployment checkout',
    '  change    spec.replicas: 2 → 5',
    '            data.a: (nothing) → x',
    '            data.b: y → (nothing)',
    '            data.c removed',
    '  policies  gitops_only_writes (enforce): denied',
    '              managed_object_changed: Managed',
    '            slow (warn): unavailable: too slow (policy_deadline_exceeded)',
    '  answer    denied (managed_object_changed)',
    '            Warning: Careful',
    '            Error from server (Forbidden): admission webhook "drift.holdfast.dev" denied the request:',
    '            Managed',
    '            Change it in Git',
  ]);
});

test('formatExplanation() says of an allow that nothing applied', () => {
  assert.deepEqual(linesOf(allowed, { subResource: '' }), [
    'UPDATE deployments.apps shop/checkout  f#1',
    '  who       alice',
    '  what      no policy asked who manages it',
    '  policies  none applies',
    '  answer    allowed',
  ]);
});

test('formatExplanation() shows the patch of a mutation', () => {
  const patch = [
    { op: 'add', path: '/metadata/labels', value: { a: 'b' } },
    { op: 'remove', path: '/spec/x' },
  ] as const;

  assert.deepEqual(linesOf({ ...allowed, patch }).slice(-2), [
    '            add /metadata/labels {"a":"b"}',
    '            remove /spec/x',
  ]);
});

test('formatExplanation() says that a review could not be read', () => {
  assert.equal(
    formatExplanation(rejected, { color: false }),
    'f#2\n  answer    rejected: No uid (review_uid_missing)',
  );
});

test('formatExplanation() paints where colours are wanted', () => {
  const red = (text: string) => styleText('red', text, { validateStream: false });

  const text = formatExplanation(judged(denied), { color: true });

  assert.ok(text.includes(red('denied (managed_object_changed)')));
});

for (const [name, more, heading] of [
  [
    'of the core group',
    { resource: { group: '', version: 'v1', resource: 'pods' } },
    'UPDATE pods/scale shop/checkout',
  ],
  [
    'with a name to be generated',
    { name: '', namespace: undefined },
    'UPDATE deployments.apps/scale (generated name)',
  ],
  [
    'of a Namespace',
    {
      resource: { group: '', version: 'v1', resource: 'namespaces' },
      subResource: undefined,
      name: 'shop',
    },
    'UPDATE namespaces shop',
  ],
] as const) {
  test(`formatExplanation() heads an object ${name}`, () => {
    assert.equal(linesOf(allowed, more)[0], `${heading}  f#1`);
  });
}

for (const [name, actor, who] of [
  [
    'a writer with its proof',
    {
      class: 'gitops',
      username: 'sa',
      groups: [],
      name: 'argocd',
      proof: { grade: 'pod-bound', sufficient: true, reason: 'bound to a pod' },
    },
    'sa, class gitops "argocd"; proof pod-bound: bound to a pod',
  ],
  [
    'a writer without it',
    {
      class: 'other',
      username: 'sa',
      groups: [],
      proof: { grade: 'unbound', sufficient: false, reason: 'wants pod-bound' },
    },
    'sa, class other; proof unbound is not enough: wants pod-bound',
  ],
] as const) {
  test(`formatExplanation() names ${name}`, () => {
    assert.equal(linesOf({ ...allowed, facts: { actor } })[1], `  who       ${who}`);
  });
}

const plain = { managed: false, wasManaged: false, self: false, scope: 'none' } as const;

for (const [name, object, what] of [
  ['an unmanaged object', plain, 'not managed'],
  ['an exempt object', { ...plain, scope: 'exempt' }, 'exempt'],
  ['a copied mark', { ...plain, mark: 'label a' }, 'not managed; label a names another object'],
  [
    'a mark of its own that does not count',
    { ...plain, mark: 'label a', self: true },
    'not managed',
  ],
  ['a namespace under Git', { ...plain, managed: true, scope: 'gitops-only' }, 'managed by Git'],
  [
    'an object that was managed',
    { ...plain, wasManaged: true, tool: 'flux', app: 'a' },
    'managed by flux "a"',
  ],
  [
    'a parent of which only the resource is known',
    {
      ...plain,
      managed: true,
      parent: { group: '', version: 'v1', resource: 'pods', kind: '', name: 'p' },
    },
    'managed by Git, through pods p',
  ],
] as const) {
  test(`formatExplanation() describes ${name}`, () => {
    assert.equal(linesOf({ ...allowed, facts: { object } })[2], `  what      ${what}`);
  });
}

test('formatExplanation() says that nothing changed but bookkeeping', () => {
  const change = { semantic: false, paths: [], protectedKeys: [], truncated: false };

  assert.equal(
    linesOf({ ...allowed, facts: { change } })[3],
    '  change    nothing but bookkeeping',
  );
});

test('formatExplanation() says that a whole object is new', () => {
  const paths = [{ path: '', segments: [], kind: 'added' }] as const;
  const change = { semantic: true, paths, protectedKeys: [], truncated: false };

  assert.equal(linesOf({ ...allowed, facts: { change } })[3], '  change    the whole object added');
});

for (const [truncated, last] of [
  [false, '            and 2 others'],
  [true, '            and 2 or more others'],
] as const) {
  test(`formatExplanation() counts what it does not show (truncated: ${truncated})`, () => {
    const paths = Array.from({ length: 7 }, (_, index) => ({
      path: `data.k${index}`,
      segments: [],
      kind: 'added' as const,
    }));
    const change = { semantic: true, paths, protectedKeys: [], truncated };

    assert.equal(linesOf({ ...allowed, facts: { change } })[8], last);
  });
}

for (const [httpStatus, operation, line] of [
  [503, 'UPDATE', 'Error from server (ServiceUnavailable): admission webhook "drift.holdfast.dev"'],
  [418, 'CONNECT', 'Error from server (Unknown): admission webhook "connect.holdfast.dev"'],
] as const) {
  test(`formatExplanation() prints a denial with ${httpStatus} as kubectl does`, () => {
    const lines = linesOf({ ...denied, httpStatus }, { operation });

    assert.ok(lines.includes(`            ${line} denied the request:`));
  });
}

test('formatVerdictJson() prints the decision on one line', () => {
  const text = formatVerdictJson(judged(denied));

  assert.equal(text.includes('\n'), false);
  assert.deepEqual(JSON.parse(text), {
    uid: 'u-1',
    allowed: false,
    code: 'managed_object_changed',
    message: 'Managed\nChange it in Git',
    warnings: ['Careful'],
    policies: denied.policies,
    decision: denied.id,
    policyRevision: 'abc',
    patch: [],
    actor: denied.facts.actor,
    object: denied.facts.object,
    change: denied.facts.change,
    source: 'f#1',
  });
});

test('formatVerdictJson() prints a review that could not be read as denied', () => {
  assert.deepEqual(JSON.parse(formatVerdictJson(rejected)), {
    uid: '',
    allowed: false,
    code: 'review_uid_missing',
    message: 'No uid',
    warnings: [],
    policies: [],
    source: 'f#2',
  });
});

test('isAllowed() is true only for a decision that allows', () => {
  assert.equal(isAllowed(judged(allowed)), true);
  assert.equal(isAllowed(judged(denied)), false);
  assert.equal(isAllowed(rejected), false);
});
