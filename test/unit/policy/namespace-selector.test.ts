import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  listWritableKeys,
  namespaceSelectorSchema,
  selectsNamespace,
} from '../../../src/policy/namespace-selector.ts';

const parse = (selector: unknown) => namespaceSelectorSchema.parse(selector);

describe('namespaceSelectorSchema', () => {
  for (const [what, selector, message] of [
    ['nothing', {}, 'Expected "matchLabels" or "matchExpressions": this selects every namespace'],
    [
      'In without values',
      { matchExpressions: [{ key: 'a', operator: 'In' }] },
      'Expected "values" with In and NotIn, and none with Exists and DoesNotExist',
    ],
    [
      'Exists with values',
      { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] },
      'Expected "values" with In and NotIn, and none with Exists and DoesNotExist',
    ],
    [
      'a value that no label can have',
      { matchLabels: { stage: 'dev*' } },
      'Expected the value of a label: at most 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit',
    ],
    [
      'a key that no label can have',
      { matchExpressions: [{ key: 'a b', operator: 'Exists' }] },
      'Expected the key of a label, as in "stage" or "example.com/stage"',
    ],
  ] as const) {
    it(`refuses ${what}`, () => {
      const parsed = namespaceSelectorSchema.safeParse(selector);

      assert.deepEqual(
        parsed.error?.issues.map((issue) => issue.message),
        [message],
      );
    });
  }
});

describe('selectsNamespace()', () => {
  const selector = parse({
    matchLabels: { team: 'a' },
    matchExpressions: [
      { key: 'stage', operator: 'NotIn', values: ['production'] },
      { key: 'example.com/tier', operator: 'Exists' },
    ],
  });

  for (const [labels, expected] of [
    [{ team: 'a', 'example.com/tier': '' }, true],
    [{ team: 'a', 'example.com/tier': '', stage: 'dev' }, true],
    [{ team: 'a', 'example.com/tier': '', stage: 'production' }, false],
    [{ team: 'b', 'example.com/tier': '' }, false],
    [{ team: 'a' }, false],
  ] as const) {
    it(`says ${expected} to ${JSON.stringify(labels)}`, () => {
      assert.equal(selectsNamespace(selector, labels), expected);
    });
  }
});

describe('listWritableKeys()', () => {
  it('names each key once, and not the name that the API server writes', () => {
    const selectors = [
      parse({ matchLabels: { stage: 'dev', 'kubernetes.io/metadata.name': 'shop' } }),
      parse({
        matchExpressions: [
          { key: 'stage', operator: 'Exists' },
          { key: 'a', operator: 'DoesNotExist' },
        ],
      }),
    ];

    assert.deepEqual(listWritableKeys(selectors), ['a', 'stage']);
    assert.deepEqual(listWritableKeys([]), []);
  });
});
