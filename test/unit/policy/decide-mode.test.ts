import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decideMode, findUnknownPolicies } from '../../../src/policy/decide-mode.ts';

const policy = { name: 'p', mode: 'enforce', failure: 'deny' } as const;
const settings = (p: object) => ({ p: { namespaces: {}, parameters: {}, ...p } });

for (const [name, policies, namespace, mode] of [
  ['the METADATA where nothing is configured', {}, 'shop', 'enforce'],
  ['policies.mode before the METADATA', { mode: 'warn' }, 'shop', 'warn'],
  [
    'policies.namespaces before policies.mode',
    { mode: 'warn', namespaces: { shop: 'audit' } },
    'shop',
    'audit',
  ],
  [
    'the mode of the policy before policies.namespaces',
    { namespaces: { shop: 'audit' }, settings: settings({ mode: 'enforce' }) },
    'shop',
    'enforce',
  ],
  [
    'the namespace of the policy before everything',
    {
      mode: 'warn',
      namespaces: { shop: 'audit' },
      settings: settings({ mode: 'enforce', namespaces: { shop: 'off' } }),
    },
    'shop',
    'off',
  ],
  [
    'nothing of another policy',
    { settings: { q: settings({ mode: 'off' }).p } },
    'shop',
    'enforce',
  ],
  ['nothing of another namespace', { namespaces: { shop: 'off' } }, 'shop2', 'enforce'],
  ['a pattern by its beginning', { namespaces: { 'team-*': 'warn' } }, 'team-a', 'warn'],
  ['a pattern for its bare beginning', { namespaces: { 'team-*': 'warn' } }, 'team-', 'warn'],
  ['no pattern in the middle', { namespaces: { 'team-*': 'warn' } }, 'a-team-b', 'enforce'],
  [
    'the exact name before patterns',
    { namespaces: { 'te*': 'off', team: 'warn' } },
    'team',
    'warn',
  ],
  [
    'the longest pattern, whatever the order',
    { namespaces: { '*': 'off', 'team-*': 'warn', 'te*': 'audit' } },
    'team-a',
    'warn',
  ],
  ['no namespace for cluster-scoped objects', { namespaces: { '*': 'off' } }, undefined, 'enforce'],
] as const) {
  test(`decideMode() takes ${name}`, () => {
    const decided = decideMode(policy, namespace, { namespaces: {}, settings: {}, ...policies });

    assert.deepEqual(decided, { mode, failure: 'deny' });
  });
}

test('decideMode() takes the configured failure before the METADATA', () => {
  const policies = { namespaces: {}, settings: settings({ failure: 'allow' }) };

  assert.deepEqual(decideMode(policy, 'shop', policies), { mode: 'enforce', failure: 'allow' });
});

test('decideMode() finds no settings in what objects inherit', () => {
  const names = fc.constantFrom('constructor', '__proto__', 'toString', 'valueOf');
  fc.assert(
    fc.property(names, (name) => {
      const decided = decideMode({ ...policy, name }, name, { namespaces: {}, settings: {} });
      assert.deepEqual(decided, { mode: 'enforce', failure: 'deny' });
    }),
  );
});

test('findUnknownPolicies() names what is configured and does not exist', () => {
  const policies = { settings: { ...settings({}), gitops_only_write: settings({}).p } };

  assert.deepEqual(findUnknownPolicies(policies, ['p', 'gitops_only_writes']), [
    'gitops_only_write',
  ]);
});
