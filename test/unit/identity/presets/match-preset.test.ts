import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchPreset } from '../../../../src/identity/presets/match-preset.ts';

for (const [namespace, account, expected] of [
  ['keda', 'keda-operator', { preset: 'keda', part: 'operator' }],
  ['scaling', 'keda-operator', { preset: 'keda', part: 'operator', namespace: 'scaling' }],
  [
    'keda',
    'prod-keda-operator',
    { preset: 'keda', part: 'operator', accounts: { operator: 'prod-keda-operator' } },
  ],
  ['knative-serving', 'controller', { preset: 'knative', part: 'controller' }],
  ['shop', 'controller', undefined],
  ['shop', 'default', undefined],
] as const) {
  test(`${namespace}/${account} is ${expected?.preset ?? 'nobody known'}`, () => {
    const matched = matchPreset(namespace, account);

    const { rules, ...rest } = matched ?? { rules: undefined };
    assert.deepEqual(matched === undefined ? undefined : rest, expected);
    assert.equal(rules?.length === 0, false);
  });
}
