import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatOperatorPlan } from '../../../src/identity/format-operator-plan.ts';

const seen = { count: 2, decisionId: '01A' };
const rules = [
  { verbs: ['UPDATE'], groups: [''], resources: ['pods'], paths: ['spec.a'] },
] as const;

it('formatOperatorPlan() says of each entry what to look at', () => {
  const operator = { name: 'a', username: 'u', rules, isKnown: true, isCut: true, seen } as const;
  const text = formatOperatorPlan({
    presets: [{ preset: 'keda', namespace: 'scaling', seen }],
    operators: [{ ...operator, nearPreset: 'keda' }],
    left: [],
  });

  assert.deepEqual(
    text.split('\n').filter((line) => line.includes('#')),
    [
      '# Read each line: what was observed may have been an attack.',
      '    # 2 writes, such as decision 01A; the preset covers all of them',
      '    # 2 writes, such as decision 01A',
      '    # It has an entry: add these rules to that one.',
      '    # The preset "keda" does not cover all of it, and excludes an entry.',
      '    # The records do not list every field: look at them first.',
    ],
  );
});

it('formatOperatorPlan() keeps a name in its comment', () => {
  const text = formatOperatorPlan({
    presets: [],
    operators: [],
    left: [{ username: 'a\nidentity: {}\u2028', reason: 'No.', seen }],
  });

  assert.equal(
    text,
    '# No entry is proposed.\n# Left out: a?identity: {}? (2 writes, such as decision 01A). No.\n',
  );
});

it('formatOperatorPlan() adds nothing to an entry that is new, whole and like no preset', () => {
  const operator = { name: 'a', username: 'u', rules, isKnown: false, isCut: false } as const;
  const text = formatOperatorPlan({
    presets: [],
    operators: [{ ...operator, seen: { ...seen, count: 1 } }],
    left: [],
  });

  assert.deepEqual(text.split('\n').slice(0, 5), [
    '# Read each line: what was observed may have been an attack.',
    'identity:',
    '  operators:',
    '    # one write, such as decision 01A',
    '    - name: a',
  ]);
});
