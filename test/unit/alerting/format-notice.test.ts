import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatChange,
  formatLinks,
  formatNotice,
  formatSummary,
} from '../../../src/alerting/format-notice.ts';
import type { Incident } from '../../../src/alerting/incident.ts';
import { sampleAttempt, sampleIncident } from '../../support/alerts/incident-samples.ts';

const settings = {
  cluster: 'prod',
  links: [{ text: 'Decision', href: 'https://example.com/{decision}' }],
};
const summaryOf = (overrides: Partial<Incident>) =>
  formatNotice(sampleIncident(overrides), settings).summary;

test('formatNotice() says who did what to which object, and everything else in details', () => {
  assert.deepEqual(formatNotice(sampleIncident(), settings), {
    severity: 'warning',
    class: 'drift-attempt',
    rule: 'drift-attempt',
    summary:
      '[prod] alice was refused UPDATE deployments.apps shop/checkout: managed_object_changed (drift-attempt)',
    source: 'prod',
    component: 'apps/deployments/shop/checkout',
    group: 'checkout',
    namespace: 'shop',
    time: '2026-01-05T08:00:01.000Z',
    startedAtMs: 1000,
    details: {
      attempts: 1,
      objects: ['apps/deployments/shop/checkout'],
      decisionId: 'D1',
      time: '2026-01-05T08:00:01.000Z',
      decision: 'denied',
      operation: 'UPDATE',
      object: 'deployments.apps shop/checkout',
      namespace: 'shop',
      app: 'checkout',
      username: 'alice',
      actor: 'other',
      proof: 'none',
      code: 'managed_object_changed',
      message: 'It changes only through Git',
      replica: 'holdfast-0',
      policies: ['gitops_only_writes denied managed_object_changed'],
      first: '2026-01-05T08:00:01.000Z',
      last: '2026-01-05T08:00:01.000Z',
    },
    links: [{ text: 'Decision', href: 'https://example.com/D1' }],
  });
});

test('formatNotice() counts attempts and objects', () => {
  const many = { a: 'open', b: 'healed', c: 'open' } as const;
  assert.match(
    summaryOf({ count: 7, objects: many }),
    /checkout and 2 other objects: .*, 7 attempts/,
  );
  assert.match(summaryOf({ count: 7, objects: many, unlisted: 4 }), /and many other objects/);
  const { details, group } = formatNotice(
    sampleIncident({ objects: many, unlisted: 1, first: sampleAttempt({ app: '' }) }),
    settings,
  );
  assert.deepEqual(
    [details['objects'], group],
    [['a', 'b (healed)', 'c', '1 attempt on others'], 'shop'],
  );
});

test('formatNotice() has words for each decision', () => {
  const last = (decision: 'unavailable' | 'warned' | 'audited' | 'allowed', grant = '') => ({
    last: sampleAttempt({ decision, grant, policies: ['p warned c'] }),
  });
  assert.deepEqual(
    [
      summaryOf(last('unavailable')),
      summaryOf(last('warned')),
      summaryOf(last('audited')),
      summaryOf(last('allowed')),
      summaryOf(last('allowed', 'g1')),
    ],
    [
      '[prod] Policies cannot be evaluated: p warned c (drift-attempt)',
      '[prod] alice did UPDATE deployments.apps shop/checkout against policy: p warned c (drift-attempt)',
      '[prod] alice did UPDATE deployments.apps shop/checkout against policy: p warned c (drift-attempt)',
      '[prod] alice did UPDATE deployments.apps shop/checkout (drift-attempt)',
      '[prod] alice did UPDATE deployments.apps shop/checkout under the grant g1 (drift-attempt)',
    ],
  );
});

test('formatNotice() bears an incident without objects and policies', () => {
  const { component, details } = formatNotice(
    sampleIncident({ objects: {}, last: sampleAttempt({ policies: [] }) }),
    settings,
  );
  assert.deepEqual([component, 'policies' in details], ['', false]);
});

test('formatSummary() says how much was folded and why', () => {
  const notice = formatSummary(sampleIncident({ count: 2, unlisted: 2 }), {
    ...settings,
    perMinuteMax: 60,
  });
  assert.equal(
    notice.summary,
    '[prod] Storm: 2 further attempts of other incidents, the last by alice on deployments.apps shop/checkout (more than 60 incidents in a minute, or too many open ones)',
  );
  assert.deepEqual(
    [notice.component, notice.details['objects']],
    ['holdfast', ['apps/deployments/shop/checkout', '2 attempts on others']],
  );
});

test('formatChange() tells of deployments and of grants', () => {
  const attempt = sampleAttempt({ revision: 'a'.repeat(40), app: '', grant: 'g1', policies: [] });
  const at = { ...settings, nowMs: 5 };
  const change = { key: 'k', subject: 's', attempt };
  const deployed = formatChange(
    { ...change, kind: 'deployment', attempt: { ...attempt, app: 'shop' } },
    at,
  );
  const used = formatChange({ ...change, kind: 'break-glass' }, at);
  assert.deepEqual(
    [deployed.summary, deployed.group, used.summary, used.group, used.startedAtMs],
    [
      '[prod] shop deployed at aaaaaaaaaaaa',
      'shop',
      '[prod] alice used the break-glass grant g1 on deployments.apps shop/checkout',
      'shop',
      5,
    ],
  );
});

test('formatChange() names the verified commit, who signed it, and its repository', () => {
  const attempt = sampleAttempt({
    app: 'shop',
    revision: 'main',
    repository: 'https://git.example.com/shop',
    commit: `${'a'.repeat(40)}, ${'b'.repeat(40)}`,
    signers: 'alice@example.com (ssh)',
  });
  const links = [{ text: 'Commit', href: 'https://git.example.com/{commit}' }];
  const notice = formatChange(
    { key: 'k', subject: 's', kind: 'deployment', attempt },
    { ...settings, links, nowMs: 5 },
  );
  assert.equal(
    notice.summary,
    '[prod] shop deployed at aaaaaaaaaaaa, signed by alice@example.com (ssh)',
  );
  const { commit, signers, repository } = notice.details;
  assert.deepEqual(
    { commit, signers, repository },
    {
      commit: attempt.commit,
      signers: 'alice@example.com (ssh)',
      repository: 'https://git.example.com/shop',
    },
  );
  assert.deepEqual(notice.links, [
    { text: 'Commit', href: `https://git.example.com/${'a'.repeat(40)}` },
  ]);
});

test('formatLinks() fills in what is known, encoded, and leaves out the rest', () => {
  const links = [
    { text: 'Runbook', href: 'https://example.com/runbook' },
    { text: 'Decision', href: 'https://example.com/{cluster}/{decision}' },
    { text: 'Commit', href: 'https://example.com/{commit}' },
    { text: 'Unknown', href: 'https://example.com/{elsewhere}' },
  ];
  const values = { cluster: 'a/../b', decision: 'D 1', commit: '' };
  assert.deepEqual(formatLinks(links, values), [
    { text: 'Runbook', href: 'https://example.com/runbook' },
    { text: 'Decision', href: 'https://example.com/a%2F..%2Fb/D%201' },
  ]);
});
