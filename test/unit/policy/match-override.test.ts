import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchOverride } from '../../../src/policy/match-override.ts';
import { namespaceSelectorSchema } from '../../../src/policy/namespace-selector.ts';

const inDev = namespaceSelectorSchema.parse({ matchLabels: { stage: 'dev' } });
const inShop = { namespace: 'shop' };
const dev = { stage: 'dev' };

for (const [what, scope, place, matching] of [
  ['a name', { namespaces: ['shop'] }, inShop, 'matched'],
  ['another name', { namespaces: ['shop2', 'sho'] }, inShop, 'unmatched'],
  ['the beginning of a name', { namespaces: ['x', 'sh*'] }, inShop, 'matched'],
  ['no namespace by any name', { namespaces: ['*'] }, { namespace: undefined }, 'unmatched'],
  [
    'no namespace by the absence of labels',
    {
      namespaceSelector: namespaceSelectorSchema.parse({
        matchExpressions: [{ key: 'stage', operator: 'DoesNotExist' }],
      }),
    },
    { namespace: undefined, labels: [{}] },
    'unmatched',
  ],
  ['its labels', { namespaceSelector: inDev }, { ...inShop, labels: [dev] }, 'matched'],
  ['other labels', { namespaceSelector: inDev }, { ...inShop, labels: [{}] }, 'unmatched'],
  ['labels that are not known', { namespaceSelector: inDev }, inShop, 'unknown'],
  [
    'labels that an update takes off',
    { namespaceSelector: inDev },
    { ...inShop, labels: [dev, {}] },
    'unknown',
  ],
  [
    'labels that an update leaves',
    { namespaceSelector: inDev },
    { ...inShop, labels: [dev, { ...dev, team: 'a' }] },
    'matched',
  ],
  [
    'a name and labels that are not known',
    { namespaces: ['shop'], namespaceSelector: inDev },
    inShop,
    'unknown',
  ],
  [
    'another name, whatever the labels are',
    { namespaces: ['bank'], namespaceSelector: inDev },
    inShop,
    'unmatched',
  ],
] as const) {
  test(`matchOverride() takes ${what} for ${matching}`, () => {
    assert.equal(matchOverride(scope, place), matching);
  });
}
