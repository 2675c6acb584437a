import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decideMode, findModes } from '../../../src/policy/decide-mode.ts';
import { policiesSchema, type PoliciesSettings } from '../../../src/policy/settings.ts';

const policy = { name: 'p', mode: 'enforce', failure: 'deny' } as const;
const settings = (p: object) => ({ p });
const parse = (policies: object): PoliciesSettings => policiesSchema.parse(policies);
const labelled = (stage: string) => ({ namespaceSelector: { matchLabels: { stage } } });

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
  ['nothing of another policy', { settings: { q: { mode: 'off' } } }, 'shop', 'enforce'],
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
    const decided = decideMode(policy, { namespace }, parse(policies));

    assert.deepEqual(decided, { mode, failure: 'deny' });
  });
}

test('decideMode() takes the configured failure before the METADATA', () => {
  const policies = parse({ settings: settings({ failure: 'allow' }) });
  const decided = decideMode(policy, { namespace: 'shop' }, policies);

  assert.deepEqual(decided, { mode: 'enforce', failure: 'allow' });
});

test('decideMode() finds no settings in what objects inherit', () => {
  const names = fc.constantFrom('constructor', '__proto__', 'toString', 'valueOf');
  fc.assert(
    fc.property(names, (name) => {
      const decided = decideMode({ ...policy, name }, { namespace: name }, parse({}));
      assert.deepEqual(decided, { mode: 'enforce', failure: 'deny' });
    }),
  );
});

for (const [what, policies, labels, mode] of [
  [
    'an override by labels before policies.mode',
    { mode: 'warn', overrides: [{ ...labelled('dev'), mode: 'audit' }] },
    [{ stage: 'dev' }],
    'audit',
  ],
  [
    'policies.namespaces before policies.overrides',
    { namespaces: { 's*': 'warn' }, overrides: [{ ...labelled('dev'), mode: 'off' }] },
    [{ stage: 'dev' }],
    'warn',
  ],
  [
    'the overrides of the policy before its mode',
    { settings: settings({ mode: 'warn', overrides: [{ namespaces: ['shop'], mode: 'off' }] }) },
    [{}],
    'off',
  ],
  [
    'the mode of the policy before policies.overrides',
    {
      overrides: [{ ...labelled('dev'), mode: 'off' }],
      settings: settings({ mode: 'warn' }),
    },
    [{ stage: 'dev' }],
    'warn',
  ],
  [
    'the first override that names a mode',
    {
      settings: settings({
        overrides: [
          { namespaces: ['shop'], parameters: { limit: 1 } },
          { namespaces: ['sho*'], mode: 'warn' },
          { namespaces: ['shop'], mode: 'off' },
        ],
      }),
    },
    [{}],
    'warn',
  ],
  [
    'the strictest that labels could give where they are not known',
    {
      mode: 'off',
      overrides: [
        { ...labelled('dev'), mode: 'audit' },
        { ...labelled('production'), mode: 'enforce' },
        { ...labelled('test'), mode: 'warn' },
      ],
    },
    undefined,
    'enforce',
  ],
  [
    'the mode without labels where that is stricter than what they could give',
    { mode: 'warn', overrides: [{ ...labelled('dev'), mode: 'off' }] },
    undefined,
    'warn',
  ],
  [
    'nothing that is further away than what is certain',
    {
      mode: 'enforce',
      overrides: [
        { ...labelled('dev'), mode: 'off' },
        { namespaces: ['shop'], mode: 'audit' },
      ],
    },
    undefined,
    'audit',
  ],
  [
    'the stricter of both for a Namespace that changes its labels',
    { mode: 'warn', overrides: [{ ...labelled('dev'), mode: 'off' }] },
    [{ stage: 'dev' }, {}],
    'warn',
  ],
  [
    'the stricter of both whichever comes first',
    { mode: 'warn', overrides: [{ ...labelled('dev'), mode: 'off' }] },
    [{}, { stage: 'dev' }],
    'warn',
  ],
] as const) {
  test(`decideMode() takes ${what}`, () => {
    const place = { namespace: 'shop', ...(labels && { labels }) };

    assert.equal(decideMode(policy, place, parse(policies)).mode, mode);
  });
}

test('decideMode() never takes a weaker mode without the labels than with any', () => {
  const mode = fc.constantFrom('off', 'audit', 'warn', 'enforce');
  const override = fc
    .record({ stage: fc.constantFrom('dev', 'test', 'production'), mode })
    .map(({ stage, ...rest }) => ({ ...labelled(stage), ...rest }));
  const overrides = fc.array(override, { maxLength: 4 });
  const strictness = ['off', 'audit', 'warn', 'enforce'];
  const own = fc.record({ overrides, mode }, { requiredKeys: [] });
  fc.assert(
    fc.property(own, overrides, mode, (p, all, fallback) => {
      const policies = parse({ mode: fallback, overrides: all, settings: { p } });
      const modeWith = (labels?: Record<string, string>) =>
        decideMode(policy, { namespace: 'shop', ...(labels && { labels: [labels] }) }, policies)
          .mode;
      const without = strictness.indexOf(modeWith());
      for (const labels of [{}, { stage: 'dev' }, { stage: 'test' }, { stage: 'production' }]) {
        assert.ok(strictness.indexOf(modeWith(labels)) <= without);
      }
    }),
  );
});

test('findModes() names the settings that may decide, to the first that is certain', () => {
  const policies = parse({
    namespaces: { 'sh*': 'warn' },
    overrides: [{ namespaces: ['shop'], mode: 'off' }],
    settings: settings({ overrides: [{ ...labelled('dev'), mode: 'audit' }] }),
  });

  assert.deepEqual(findModes(policy, { namespace: 'shop' }, policies), [
    { mode: 'audit', level: 'policy', key: 0, isCertain: false },
    { mode: 'warn', level: 'all', key: 'sh*', isCertain: true },
  ]);
  assert.deepEqual(findModes(policy, { namespace: undefined }, policies), [
    { mode: 'enforce', level: 'metadata', isCertain: true },
  ]);
});
