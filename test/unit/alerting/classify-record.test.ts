import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyRecord, objectKeyOf } from '../../../src/alerting/classify-record.ts';
import { DEFAULT_RULES } from '../../../src/alerting/default-rules.ts';
import { formatKey } from '../../../src/alerting/format-key.ts';
import type { AuditRecord, RecordedCommit } from '../../../src/audit/audit-record.ts';
import { gitopsWrite, objectNamed } from '../../support/alerts/alert-stage.ts';
import { sampleRule } from '../../support/alerts/incident-samples.ts';
import { sampleRecord } from '../../support/journal-entries.ts';

const classify = (overrides: Partial<AuditRecord> = {}, rules = DEFAULT_RULES) =>
  classifyRecord(sampleRecord(1, { ...objectNamed('checkout'), ...overrides }), rules);
const OBJECT = 'apps/deployments/shop/checkout';
const grant = {
  id: 'g1',
  subject: 'bob',
  reason: 'outage',
  ticket: 'OPS-1',
  expires: '2026-01-05T09:00:00Z',
  approvers: [],
  use: 1,
  usesLeft: 1,
};

test('an attempt is described with bounded, printable texts', () => {
  const { observations, healed, change, attended } = classify({
    user: { username: `al\u202eice\n${'x'.repeat(300)}`, groups: [], extra: {} },
    message: `line 1\nline\u0000 2 ${'y'.repeat(900)}`,
  });
  assert.deepEqual([healed, change, attended], [undefined, undefined, undefined]);
  const [observation] = observations;
  assert.ok(observation !== undefined);
  const { attempt } = observation;
  assert.deepEqual(attempt, {
    decisionId: '01JD3V9K2M8Q4W6X0Y2Z000001',
    time: '2026-01-05T08:00:01.000Z',
    decision: 'denied',
    operation: 'UPDATE',
    object: 'deployments.apps shop/checkout',
    namespace: 'shop',
    app: '',
    repository: '',
    revision: '',
    commit: '',
    signers: '',
    username: `al ice ${'x'.repeat(245)}…`,
    actor: 'other',
    proof: 'none',
    code: 'managed_object_changed',
    message: attempt.message,
    policies: ['gitops_only_writes denied managed_object_changed'],
    grant: '',
    replica: 'holdfast-0',
  });
  assert.deepEqual([attempt.message.length, attempt.message.slice(0, 13)], [600, 'line 1\nline  ']);
});

test('refusals that were counted are so many attempts, on each object that is listed and on others', () => {
  const record = sampleRecord(1, objectNamed('checkout'));
  const counts = { part: 1, first: record.time, last: record.time, requestUids: [] };
  const same = classify({ folded: { by: 'request', count: 7, ...counts } });
  const listed = (name: string, count: number) => ({
    username: 'alice',
    operation: 'UPDATE' as const,
    object: `apps/deployments/shop/${name}`,
    kind: 'Deployment',
    count,
  });
  const refusals = [listed('checkout', 2), listed('cart', 3)];
  const several = classify({
    object: { ...record.object, name: '*' },
    folded: { by: 'code', count: 9, ...counts, refusals, unlisted: 4 },
  });
  const counted = ({ observations }: ReturnType<typeof classify>) =>
    observations.map(({ object, count, own }) => ({ object, count, own }));

  assert.deepEqual(counted(same), [{ object: OBJECT, count: 7, own: 7 }]);
  assert.deepEqual(counted(several), [
    { object: OBJECT, count: 2, own: 2 },
    { object: 'apps/deployments/shop/cart', count: 3, own: 3 },
    { object: 'apps/deployments/shop/*', count: 4, own: 4 },
  ]);
  assert.equal(new Set(several.observations.map(({ group }) => group)).size, 1);
});

test('a refusal that a fold lists of another user is an attempt of that user', () => {
  const record = sampleRecord(1, objectNamed('checkout'));
  const counts = { part: 1, count: 1, first: record.time, last: record.time, requestUids: [] };
  const object = 'apps/deployments/shop/checkout';
  const refusal = { operation: 'UPDATE', object, kind: 'Deployment', count: 1 } as const;
  const groupOf = (username: string) => {
    const folded = { by: 'code', ...counts, refusals: [{ ...refusal, username }] } as const;
    return classify({ folded }).observations.map(({ group }) => group);
  };

  assert.deepEqual(
    groupOf('bob'),
    classify({ user: { ...record.user, username: 'bob' } }).observations.map(({ group }) => group),
  );
  assert.notDeepEqual(groupOf('bob'), groupOf('alice'));
});

test('a rule for one namespace meets what a record lists in it, and what it counts without listing it', () => {
  const record = sampleRecord(1, objectNamed('checkout'));
  const counts = { part: 1, first: record.time, last: record.time, requestUids: [] };
  const refusal = { username: 'alice', operation: 'UPDATE', kind: 'Pod', count: 1 } as const;
  const refusals = ['prod', 'sandbox'].map((namespace) => ({
    ...refusal,
    object: `/pods/${namespace}/a`,
  }));
  const folded = { by: 'code', count: 5, ...counts, refusals } as const;
  const rules = [
    sampleRule({ name: 'quiet', ignore: true, match: { namespaces: ['sandbox'] } }),
    sampleRule({ name: 'prod', match: { namespaces: ['prod'] } }),
  ];
  const common = { object: { ...record.object, namespace: '*' } };
  const matched = (unlisted?: number) =>
    classify({ ...common, folded: { ...folded, unlisted } }, rules).observations.map(
      ({ rule, object, count }) => [rule.name, object, count],
    );

  assert.deepEqual(matched(), [['prod', '/pods/prod/a', 1]]);
  assert.deepEqual(matched(0), [['prod', '/pods/prod/a', 1]]);
  assert.deepEqual(matched(3), [
    ['prod', '/pods/prod/a', 1],
    ['prod', 'apps/deployments/*/*', 3],
  ]);
});

test('the key is of cluster, object, actor and class; the group of actor, class and targets', () => {
  const [one] = classify().observations;
  const [other] = classify(objectNamed('cart')).observations;
  const [routed] = classify({}, [
    sampleRule({ targets: undefined }),
    ...DEFAULT_RULES,
  ]).observations;
  assert.equal(
    one?.key,
    formatKey({ cluster: 'prod-eu-1', object: OBJECT, actor: 'alice', class: 'drift-attempt' }),
  );
  assert.notEqual(one.key, other?.key);
  assert.equal(one.group, other?.group);
  assert.equal(routed?.group, one.group);
});

test('dry runs and the mutating route are nobody’s incident', () => {
  assert.deepEqual(classify({ dryRun: true }), { observations: [] });
  assert.deepEqual(classify({ route: 'mutate' }), { observations: [] });
});

test('an ignored record may still heal', () => {
  const rules = [sampleRule({ ignore: true })];
  const { observations, healed } = classify(gitopsWrite('checkout'), rules);
  assert.deepEqual([observations, healed], [[], OBJECT]);
});

test('only a proven write of a controller heals and deploys', () => {
  const write = gitopsWrite('checkout');
  const proof = { grade: 'legacy' as const, sufficient: false, reason: '' };
  for (const overrides of [
    { actor: { class: 'gitops' as const, proof } },
    { actor: undefined },
    { operation: 'CONNECT' as const },
    { object: { ...objectNamed('checkout').object, subresource: 'scale' } },
    { allowed: false },
  ]) {
    const { healed, change } = classify({ ...write, ...overrides });
    assert.deepEqual([healed, change], [undefined, undefined]);
  }
  const { healed, change } = classify(write);
  assert.deepEqual([healed, change?.kind, change?.attempt.app], [OBJECT, 'deployment', 'shop']);
  assert.equal(classify({ ...write, managedBy: undefined }).change, undefined);
  assert.equal(classify({ ...write, source: undefined }).change, undefined);
});

test('a deployment is known by its verified commits, and by what the application says where one was not verified', () => {
  const write = gitopsWrite('checkout');
  const source = {
    ...write.source,
    repository: 'claimed',
    revision: 'main',
    path: '',
    inlineManifests: false,
  };
  const repository = 'https://git.example.com/shop';
  const verified = (digit: string) => ({
    status: 'verified' as const,
    repository,
    objectId: digit.repeat(40),
    signers: [{ scheme: 'ssh' as const, identity: 'alice@example.com' }],
  });
  const deployed = (revision: string, ...commits: readonly RecordedCommit[]) => {
    const { change } = classify({ ...write, source: { ...source, revision, commits } });
    return change && { key: change.key, ...change.attempt };
  };

  const one = deployed('main', verified('a'));
  assert.deepEqual(
    [one?.commit, one?.repository, one?.signers],
    ['a'.repeat(40), repository, 'alice@example.com (ssh)'],
  );
  const two = deployed('main', verified('a'), verified('b'));
  assert.deepEqual(
    [two?.commit, two?.signers],
    [`${'a'.repeat(40)}, ${'b'.repeat(40)}`, 'alice@example.com (ssh)'],
  );
  assert.equal(new Set([one?.key, two?.key, deployed('main', verified('b'))?.key]).size, 3);
  assert.equal(deployed('v2', verified('a'))?.key, one?.key);

  const unjudged = { status: 'unjudged', repository, signers: [] } as const;
  assert.equal(deployed('main', verified('a'), unjudged), undefined);
  const claimed = deployed('c'.repeat(40), verified('a'), unjudged);
  assert.deepEqual([claimed?.commit, claimed?.signers, claimed?.repository], ['', '', 'claimed']);
});

test('an unavailable policy is one incident, whoever meets it', () => {
  const policies = [
    {
      policy: 'a',
      mode: 'enforce' as const,
      status: 'unavailable' as const,
      codes: ['policy_worker_died'],
    },
    { policy: 'b', mode: 'enforce' as const, status: 'warned' as const, codes: ['x'] },
  ];
  const [mine, ...more] = classify({ allowed: true, policies }).observations;
  const [yours] = classify({
    allowed: true,
    policies,
    user: { username: 'bob', groups: [], extra: {} },
  }).observations;
  assert.deepEqual([mine?.key, more], [yours?.key, []]);
  assert.equal(mine?.object, 'policy/a');
});

test('a rule for policies or a class never loses an incident', () => {
  const objects = (rule: Readonly<Record<string, unknown>>, overrides: Partial<AuditRecord> = {}) =>
    classify(overrides, [sampleRule(rule)]).observations.map(({ object }) => object);
  assert.deepEqual(objects({ oneFor: 'policy' }), ['policy/gitops_only_writes']);
  assert.deepEqual(objects({ oneFor: 'policy', match: { policies: ['gitops_only_writes'] } }), [
    'policy/gitops_only_writes',
  ]);
  assert.deepEqual(
    objects({ oneFor: 'policy', match: { decisions: ['allowed'] } }, { allowed: true }),
    ['policy/gitops_only_writes'],
  );
  assert.deepEqual(objects({ oneFor: 'policy' }, { policies: [] }), ['policy/*']);
  assert.deepEqual(objects({ oneFor: 'class', class: 'all' }), [OBJECT]);
  assert.deepEqual(objects({ oneFor: 'object' }), [OBJECT]);
});

test('what is found about one object is one incident, whoever it is by', () => {
  const rules = [sampleRule({ oneFor: 'object' })];
  const found = (name: string, username: string) =>
    classify({ ...objectNamed(name), user: { username, groups: [], extra: {} } }, rules)
      .observations[0];
  const [first, same, other] = [found('a', 'x'), found('a', 'y'), found('b', 'x')];
  assert.deepEqual([first?.key, first?.group], [same?.key, same?.group]);
  assert.notEqual(first?.group, other?.group);
  assert.notEqual(first?.key, other?.key);
});

test('the use of a grant attends its object and goes to the timeline', () => {
  const used = { allowed: true, code: 'allowed', policies: [], grant };
  const { observations, attended, change } = classify({
    ...used,
    object: { ...objectNamed('a').object, group: '', resource: 'nodes', namespace: '' },
  });
  assert.equal(observations[0]?.expiresAtMs, Date.UTC(2026, 0, 5, 9));
  assert.deepEqual([attended, change?.kind], ['/nodes//a', 'break-glass']);
  assert.deepEqual(
    [change?.attempt.grant, change?.attempt.object],
    ['g1 (OPS-1): outage', 'nodes a'],
  );
  const approved = classify({
    ...used,
    grant: { ...grant, approvers: ['carol', 'dan'], expires: 'soon' },
  });
  assert.equal(approved.change?.attempt.grant, 'g1 (OPS-1): outage, approved by carol, dan');
  assert.equal(approved.observations[0]?.expiresAtMs, undefined);
  assert.equal(classify({ grant }).attended, undefined);
});

test('objectKeyOf() names an object as the journal does', () => {
  assert.equal(objectKeyOf(sampleRecord(1, objectNamed('a'))), 'apps/deployments/shop/a');
});

test('a record without an actor and with a subresource is described, too', () => {
  const object = { ...objectNamed('checkout').object, subresource: 'scale' };
  const [observation] = classify({ actor: undefined, object }).observations;
  assert.deepEqual(
    [observation?.attempt.actor, observation?.attempt.proof, observation?.attempt.object],
    ['', '', 'deployments.apps/scale shop/checkout'],
  );
});

test('an attempt that was only warned of has the code and the message of the denial', () => {
  const policies = [
    {
      policy: 'gitops_only_writes',
      mode: 'warn',
      status: 'warned',
      codes: ['managed_object_changed'],
      wouldDeny: true,
    },
  ] as const;
  const wouldDeny = { code: 'managed_object_changed', message: 'Change it in Git' };

  const { observations } = classify({
    allowed: true,
    code: 'allowed',
    message: '',
    policies,
    wouldDeny,
  });

  assert.partialDeepStrictEqual(observations[0]?.attempt, { decision: 'warned', ...wouldDeny });
});
