import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchRule } from '../../../src/identity/match-rule.ts';
import type { ObservedWrite } from '../../../src/identity/observed-write.ts';

const RULE = { verbs: ['UPDATE'], groups: ['apps'], resources: ['deployments'] } as const;
const WRITE: ObservedWrite = {
  username: 'u',
  operation: 'UPDATE',
  group: 'apps',
  resource: 'deployments',
  fields: [{ path: 'spec.http[0].weight', segments: ['spec', 'http', 0, 'weight'] }],
  isCut: false,
  protectedKeys: [],
  decisionId: '01A',
};
const mark = 'metadata.annotations["a.example.com/b"]';
const marked = {
  fields: [{ path: mark, segments: ['metadata', 'annotations', 'a.example.com/b'] }],
  protectedKeys: [mark],
};

const noted = (segment: string | number, protectedKeys: readonly string[] = []) => {
  const path = `metadata.finalizers[${segment}]`;
  return { fields: [{ path, segments: ['metadata', 'finalizers', segment] }], protectedKeys };
};
const finalizer = 'metadata.finalizers[example.com/a]';
const owner = 'metadata.ownerReferences[u]';

describe('matchRule()', () => {
  const table: readonly (readonly [string, object, object, boolean])[] = [
    ['a rule without fields', {}, {}, true],
    ['a field', { paths: ['spec.http[0].weight'] }, {}, true],
    ['what is above', { paths: ['spec.http'] }, {}, true],
    ['a pattern', { paths: ['spec.http[*].weight'] }, {}, true],
    ['a longer pattern', { paths: ['spec.http[*].weight[*]'] }, {}, false],
    ['another field', { paths: ['spec.htt'] }, {}, false],
    ['another verb', { verbs: ['CREATE'] }, {}, false],
    ['another group', { groups: [''] }, {}, false],
    ['another resource', { resources: ['pods'] }, {}, false],
    ['every group and resource', { groups: ['*'], resources: ['*'] }, {}, true],
    [
      'every object, and a subresource',
      { resources: ['*'] },
      { resource: 'deployments/scale' },
      false,
    ],
    ['every scale', { resources: ['*/scale'] }, { resource: 'deployments/scale' }, true],
    ['a protected key by its name', { paths: [mark] }, marked, true],
    ['a protected key below a field', { paths: ['metadata.annotations'] }, marked, false],
    ['a protected key and no fields', {}, marked, false],
    [
      'a protected key by a pattern',
      { paths: ['metadata.annotations["a.example.com/*"]'] },
      marked,
      false,
    ],
    [
      'a key by its beginning',
      { paths: ['metadata.finalizers[example.com/*]'] },
      noted('example.com/a'),
      true,
    ],
    [
      'a key that begins otherwise',
      { paths: ['metadata.finalizers[example.com/*]'] },
      noted('example.org/a'),
      false,
    ],
    [
      'an item without a name by a beginning',
      { paths: ['metadata.finalizers[example.com/*]'] },
      noted(0),
      false,
    ],
    [
      'another key than the named one',
      { paths: ['metadata.finalizers[a].b[*]', 'metadata[b].c[*]'] },
      noted('c'),
      false,
    ],
    [
      'a protected finalizer by its beginning',
      { paths: ['metadata.finalizers[example.com/*]'] },
      noted('example.com/a', [finalizer]),
      true,
    ],
    [
      'anything by a pattern that is no pattern',
      { paths: ['metadata.finalizers[*]'] },
      noted('example.com/a'),
      false,
    ],
    [
      'an owner below the owners',
      { paths: ['metadata.ownerReferences'] },
      {
        fields: [{ path: owner, segments: ['metadata', 'ownerReferences', 'u'] }],
        protectedKeys: [owner],
      },
      true,
    ],
    [
      'a creation, whatever its fields are',
      { verbs: ['CREATE'], paths: ['spec.a'] },
      { operation: 'CREATE' },
      true,
    ],
    [
      'a creation with a protected key',
      { verbs: ['CREATE'], paths: [mark] },
      { ...marked, operation: 'CREATE' },
      false,
    ],
  ];
  for (const [what, rule, write, expected] of table) {
    it(`${expected ? 'covers' : 'does not cover'} ${what}`, () => {
      assert.equal(matchRule({ ...RULE, ...rule }, { ...WRITE, ...write }), expected);
    });
  }
});
