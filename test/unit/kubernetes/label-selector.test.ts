import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSelector, selects } from '../../../src/kubernetes/label-selector.ts';

function isSelected(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  const parsed = parseSelector({ spec: { selector } });
  return parsed !== undefined && selects(parsed, labels);
}

test('matchLabels selects what has all of its labels', () => {
  const selector = { matchLabels: { app: 'web', tier: 'front' } };

  assert.equal(isSelected(selector, { app: 'web', tier: 'front', more: 'x' }), true);
  assert.equal(isSelected(selector, { app: 'web' }), false);
  assert.equal(isSelected(selector, { app: 'web', tier: 'back' }), false);
});

test('the plain map of a ReplicationController selects likewise', () => {
  assert.equal(isSelected({ app: 'web' }, { app: 'web' }), true);
  assert.equal(isSelected({ app: 'web' }, {}), false);
});

const EXPRESSIONS: readonly (readonly [object, boolean, boolean])[] = [
  [{ key: 'app', operator: 'In', values: ['web', 'api'] }, true, false],
  [{ key: 'app', operator: 'NotIn', values: ['web'] }, false, true],
  [{ key: 'app', operator: 'Exists' }, true, false],
  [{ key: 'app', operator: 'DoesNotExist' }, false, true],
];

for (const [expression, withLabel, without] of EXPRESSIONS) {
  test(`an expression selects: ${JSON.stringify(expression)}`, () => {
    const selector = { matchExpressions: [expression] };

    assert.equal(isSelected(selector, { app: 'web' }), withLabel);
    assert.equal(isSelected(selector, { other: 'x' }), without);
  });
}

test('labels and expressions must both hold', () => {
  const selector = {
    matchLabels: { app: 'web' },
    matchExpressions: [{ key: 'canary', operator: 'DoesNotExist' }],
  };

  assert.equal(isSelected(selector, { app: 'web' }), true);
  assert.equal(isSelected(selector, { app: 'web', canary: 'yes' }), false);
});

test('a selector without requirements, or one that cannot be understood, selects nothing', () => {
  for (const selector of [
    {},
    { matchLabels: {} },
    undefined,
    7,
    { matchExpressions: [7] },
    { matchExpressions: [{ key: 'app', operator: 'Near' }] },
    { matchExpressions: [{ key: 'app', operator: 'In', values: 'web' }] },
  ]) {
    assert.equal(isSelected(selector, { app: 'web' }), false);
  }
  assert.equal(isSelected({ matchLabels: { constructor: 'x' } }, {}), false);
  assert.equal(parseSelector({}), undefined);
});
