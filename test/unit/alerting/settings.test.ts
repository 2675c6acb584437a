import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeIssue } from '../../../src/config/describe-issue.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { alertsSchema } from '../../../src/alerting/settings.ts';

const PAGER = { type: 'pagerduty', name: 'pager', routingKey: { env: 'KEY' } };

test('alertsSchema has nobody to tell by default', () => {
  assert.deepEqual(alertsSchema.parse({}), {
    targets: [],
    rules: [],
    defaultRules: true,
    links: [],
    quietMs: 600_000,
    updateMs: 60_000,
    incidentsMax: 1000,
    handoverMs: 10_000,
    deadLettersMax: 100,
    lease: { name: 'holdfast-alerts', durationMs: 15_000, pollMs: 1000 },
  });
});

test('alertsSchema fills in what a target and a rule leave out', () => {
  const { targets, rules } = alertsSchema.parse({ targets: [PAGER], rules: [{ name: 'all' }] });

  assert.deepEqual(
    [targets, rules],
    [
      [
        {
          ...PAGER,
          tls: {},
          region: 'us',
          client: 'Holdfast',
          changeEvents: true,
          triggersPerMinuteMax: 60,
          changesPerMinuteMax: 30,
          outboxMax: 5000,
          timeoutMs: 10_000,
          backoffMs: 60_000,
          backoffMaxMs: 300_000,
        },
      ],
      [
        {
          name: 'all',
          match: {},
          ignore: false,
          severity: 'warning',
          oneFor: 'actor',
          resolveOnHeal: false,
          links: [],
        },
      ],
    ],
  );
});

function complaints(alerts: unknown): readonly string[] {
  const parsed = alertsSchema.safeParse(alerts, { error: describeIssue });
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const am = (part: object) => ({
  targets: [{ type: 'alertmanager', name: 'am', url: 'https://am.example.com', ...part }],
});

for (const [name, alerts, complaint] of [
  [
    'a routing key in the file, without repeating it',
    { targets: [{ ...PAGER, routingKey: 'abcdefabcdefabcdefabcdefabcdefab' }] },
    'targets.0.routingKey: Expected {file: PATH} or {env: NAME}, found something else, not shown because it may be the secret itself',
  ],
  [
    'two targets of one name',
    { targets: [PAGER, PAGER] },
    'targets: Expected a name of its own for each target',
  ],
  [
    'a rule for a target that is not there',
    { targets: [PAGER], rules: [{ name: 'a', targets: ['papers'] }] },
    'rules.0.targets: Expected the name of a target, found "papers"',
  ],
  [
    'a link that is not encrypted',
    { links: [{ text: 'runbook', href: 'http://example.com' }] },
    'links.0.href: Expected an https address; {cluster}, {namespace}, {app}, {commit}, {decision} and {replica} are filled in',
  ],
  [
    'a link with an unknown placeholder',
    { links: [{ text: 'runbook', href: 'https://example.com/{user}' }] },
    'links.0.href: Expected an https address; {cluster}, {namespace}, {app}, {commit}, {decision} and {replica} are filled in',
  ],
  [
    'labels that alerts have already',
    am({ labels: { severity: 'x' } }),
    'targets.0.labels.severity: Expected the name of a label that alerts do not have already',
  ],
  [
    'an unencrypted endpoint of another machine',
    am({ url: 'http://am.example.com' }),
    'targets.0.url: Expected an https URL; http is for this machine alone',
  ],
] as const) {
  test(`alertsSchema refuses ${name}`, () => {
    assert.deepEqual(complaints(alerts), [complaint]);
  });
}

test('alertsSchema refuses too many labels', () => {
  const labels = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`l${index}`, 'x']));
  assert.deepEqual(complaints(am({ labels })), ['targets.0.labels: Expected at most 8 labels']);
});

test('the configuration wants a journal beside alert targets', () => {
  const parsed = configurationSchema.safeParse({ alerts: { targets: [PAGER] } });
  assert.deepEqual(
    parsed.error?.issues.map(({ path, message }) => [path.join('.'), message]),
    [
      [
        'alerts.targets',
        'Expected audit.journal beside alert targets: incidents are made from it, so that none is lost',
      ],
    ],
  );
  const kept = { alerts: { targets: [PAGER] }, audit: { journal: {} } };
  assert.equal(configurationSchema.safeParse(kept).success, true);
});
