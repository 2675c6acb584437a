import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyKinds } from '../../../../src/compose/doctor/classify-kinds.ts';

const DRIFT = 'drift.holdfast.dev';
const ALL = ['CREATE', 'UPDATE', 'DELETE'];
const WIDGETS = { group: 'example.com', resource: 'widgets' };
const PODS = { group: '', resource: 'pods' };

function judge(rules: readonly (readonly [string[], string[], string[]])[], isTrial = false) {
  const webhooks = [
    {
      name: DRIFT,
      rules: rules.map(([apiGroups, operations, resources]) => ({
        apiGroups,
        operations,
        resources,
      })),
    },
  ];
  return classifyKinds({ webhooks, drift: DRIFT, kinds: [WIDGETS, PODS], isTrial });
}

for (const [what, rules] of [
  ['everything', [[['*'], ['*'], ['*/*']]]],
  ['everything without subresources', [[['*'], ALL, ['*']]]],
  [
    'each by its name',
    [
      [['example.com'], ALL, ['widgets']],
      [[''], ALL, ['pods/*']],
    ],
  ],
  ['each operation by a rule', ALL.map((operation) => [['*'], [operation], ['*']])],
] as const) {
  test(`rules for ${what} reach all kinds`, () => {
    const found = judge(
      rules.map(([groups, operations, resources]) => [
        [...groups],
        [...operations],
        [...resources],
      ]),
    );

    assert.deepEqual(
      found.map(({ code, status }) => [code, status]),
      [['kinds_covered', 'ok']],
    );
  });
}

for (const [what, rules] of [
  ['one group', [[''], ALL, ['*']]],
  ['other resources', [['*'], ALL, ['pods']]],
  ['subresources of all', [['*'], ALL, ['*/status', 'pods']]],
] as const) {
  test(`rules for ${what} leave a custom resource out`, () => {
    const [finding] = judge([[[...rules[0]], [...rules[1]], [...rules[2]]]]);

    assert.equal(finding?.status, 'failed');
    assert.match(finding.message, /do not reach every write of widgets\.example\.com: /u);
  });
}

test('an operation that is left out leaves all kinds out; in a trial that is a warning', () => {
  const [finding] = judge([[['*'], ['CREATE', 'UPDATE'], ['*']]], true);

  assert.equal(finding?.status, 'warning');
  assert.match(finding.message, /of widgets\.example\.com, pods: /u);
});

test('many kinds are counted, and a webhook that is absent is said elsewhere', () => {
  const kinds = Array.from({ length: 12 }, (_, index) => ({
    group: 'a',
    resource: `r${String(index)}`,
  }));
  const [finding] = classifyKinds({
    webhooks: [{ name: DRIFT, rules: [] }],
    drift: DRIFT,
    kinds,
    isTrial: false,
  });

  assert.match(finding?.message ?? '', /r9\.a and 2 more: /u);
  assert.deepEqual(classifyKinds({ webhooks: [], drift: DRIFT, kinds, isTrial: false }), []);
});
