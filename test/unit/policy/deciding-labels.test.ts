import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  findUnkeptLabels,
  listDecidingLabels,
  listSelectors,
} from '../../../src/policy/deciding-labels.ts';
import { policiesSchema } from '../../../src/policy/settings.ts';

const byStage = { namespaceSelector: { matchLabels: { stage: 'dev' } }, mode: 'warn' };
const byName = {
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
  mode: 'warn',
};
const keeper = { name: 'namespace_labels', mode: 'enforce', failure: 'deny' } as const;
const ANYONE =
  'Namespaces are selected by "stage", and anyone who may label a namespace could write that';
const NOT_EVERYWHERE = `${ANYONE}: the policy "namespace_labels" is not enforced everywhere`;

const parse = (policies: object) => policiesSchema.parse(policies);

describe('listDecidingLabels()', () => {
  it('names the keys of every selector, and none that nobody can write', () => {
    const policies = parse({
      overrides: [byStage, byName, { namespaces: ['a'], mode: 'off' }],
      settings: {
        p: {
          overrides: [
            {
              namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] },
              parameters: {},
            },
          ],
        },
      },
    });

    assert.deepEqual(listDecidingLabels(policies), ['stage', 'team']);
    assert.equal(listSelectors(policies).length, 3);
  });
});

describe('findUnkeptLabels()', () => {
  for (const [what, policies, known, expected] of [
    ['nothing without selectors', {}, [], undefined],
    ['nothing of a label that nobody can write', { overrides: [byName] }, [], undefined],
    [
      'a weaker override for all',
      { overrides: [byStage], mode: 'enforce' },
      [keeper],
      NOT_EVERYWHERE,
    ],
    [
      'nothing where the policy has its own mode',
      { overrides: [byStage], mode: 'warn', settings: { namespace_labels: { mode: 'enforce' } } },
      [keeper],
      undefined,
    ],
    [
      'that the policy is missing',
      { overrides: [byStage] },
      [{ ...keeper, name: 'other' }],
      `${ANYONE}: there is no policy "namespace_labels"`,
    ],
    [
      'a weaker mode for all',
      { settings: { p: { overrides: [byStage] } }, mode: 'audit' },
      [keeper],
      NOT_EVERYWHERE,
    ],
    [
      'a weaker mode of its own somewhere',
      {
        overrides: [byStage],
        settings: { namespace_labels: { mode: 'enforce', namespaces: { 'dev-*': 'off' } } },
      },
      [keeper],
      NOT_EVERYWHERE,
    ],
    [
      'a weaker mode of its own by labels',
      {
        settings: { namespace_labels: { mode: 'enforce', overrides: [byStage] } },
      },
      [keeper],
      NOT_EVERYWHERE,
    ],
    [
      'a weaker METADATA',
      { settings: { p: { overrides: [byStage] } } },
      [{ ...keeper, mode: 'warn' }],
      NOT_EVERYWHERE,
    ],
    [
      'a failure that lets requests pass',
      {
        overrides: [byStage],
        settings: { namespace_labels: { mode: 'enforce', failure: 'allow' } },
      },
      [keeper],
      NOT_EVERYWHERE,
    ],
    [
      'a failure of the METADATA that lets requests pass',
      { settings: { p: { overrides: [byStage] } } },
      [{ ...keeper, failure: 'warn' }],
      NOT_EVERYWHERE,
    ],
  ] as const) {
    it(`finds ${what}`, () => {
      assert.equal(findUnkeptLabels(parse(policies), known), expected);
    });
  }
});
