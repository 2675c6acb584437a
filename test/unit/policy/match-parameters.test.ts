import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchParameters, overlayParameters } from '../../../src/policy/match-parameters.ts';
import { policiesSchema } from '../../../src/policy/settings.ts';

const overrides =
  policiesSchema.parse({
    settings: {
      p: {
        overrides: [
          { namespaces: ['shop'], mode: 'warn' },
          { namespaces: ['shop', 'bank'], parameters: { limit: 1 } },
          {
            namespaces: ['shop'],
            namespaceSelector: { matchLabels: { stage: 'dev' } },
            parameters: { limit: 2, tags: ['a'] },
          },
        ],
      },
    },
  }).settings['p']?.overrides ?? [];

describe('matchParameters()', () => {
  for (const [what, place, matching] of [
    ['none elsewhere', { namespace: 'other' }, { status: 'known', positions: [] }],
    [
      'none for cluster-scoped objects',
      { namespace: undefined },
      { status: 'known', positions: [] },
    ],
    ['those of a name', { namespace: 'bank' }, { status: 'known', positions: [1] }],
    [
      'those of a name and of labels',
      { namespace: 'shop', labels: [{ stage: 'dev' }] },
      { status: 'known', positions: [1, 2] },
    ],
    [
      'those of the new labels of a Namespace',
      { namespace: 'shop', labels: [{ stage: 'dev' }, {}] },
      { status: 'known', positions: [1] },
    ],
    ['that nobody knows without labels', { namespace: 'shop' }, { status: 'unknown' }],
  ] as const) {
    it(`finds ${what}`, () => {
      assert.deepEqual(matchParameters(overrides, place), matching);
    });
  }
});

describe('overlayParameters()', () => {
  it('replaces whole values, the first override before the others', () => {
    const own = { limit: 9, tags: ['x'], kept: true };

    assert.deepEqual(overlayParameters(own, overrides, [1, 2]), {
      limit: 1,
      tags: ['a'],
      kept: true,
    });
    assert.deepEqual(overlayParameters(own, overrides, []), own);
    assert.deepEqual(own, { limit: 9, tags: ['x'], kept: true });
  });

  it('takes a position that does not exist for nothing', () => {
    assert.deepEqual(overlayParameters({ limit: 9 }, overrides, [7]), { limit: 9 });
  });
});
