import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml } from '../../../../src/base/parse-yaml.ts';
import {
  formatConfiguration,
  formatPlanJson,
} from '../../../../src/compose/adoption/format-configuration.ts';
import {
  planConfiguration,
  type AdoptionPlan,
} from '../../../../src/compose/adoption/plan-configuration.ts';
import { configurationOf } from '../../../../src/compose/adoption/planned-configuration.ts';
import { argocdController, seen, surveyOf, UNSEEN } from '../../../support/adoption-samples.ts';

function read(text: string): unknown {
  const parsed = parseYaml(text, { dialect: 'strict', aliasesMax: 0 });
  return parsed.ok ? parsed.documents[0]?.value : parsed.faults;
}

const EMPTY: AdoptionPlan = { ...planConfiguration(surveyOf(), { cluster: 'a' }), keys: [] };

test('the file holds what was planned, and every question once', () => {
  const plan = planConfiguration(
    surveyOf({ workloads: seen([argocdController()]), tokenSecrets: UNSEEN, nodes: UNSEEN }),
    { cluster: undefined },
  );

  const text = formatConfiguration(plan);

  assert.deepEqual(read(text), configurationOf(plan.keys));
  const asked = plan.keys.flatMap(({ questions }) => questions);
  assert.equal(text.match(/# Question: /gu)?.length, asked.length);
  assert.match(text, /Ask somebody who may list Secrets/u);
  assert.match(text, /Grant get and list on it/u);
});

test('notes, questions and values stand where they belong', () => {
  const text = formatConfiguration({
    ...EMPTY,
    blindSpots: [{ resource: 'nodes', reason: 'no answer', unknown: 'x', isForbidden: false }],
    keys: [
      {
        section: 'identity',
        key: 'writers',
        notes: ['first'],
        questions: [
          {
            key: 'identity.writers',
            text: 'Who',
            example: { identity: { writers: [{ name: 'b' }] } },
          },
        ],
        items: [{ notes: ['because'], value: { name: 'a', proof: 'none' } }],
      },
      {
        section: 'breakGlass',
        key: 'approvers',
        notes: [],
        questions: [{ key: 'breakGlass.approvers', text: 'Who?' }],
      },
    ],
  });

  assert.deepEqual(text.split('\n').slice(3), [
    '# Could not look at nodes, so that it is not known x: no answer.',
    '',
    'identity:',
    '  # first',
    '  # Question: Who. Set identity.writers, such as',
    '  #   identity:',
    '  #     writers:',
    '  #       - name: b',
    '  writers:',
    '    # because',
    '    - name: a',
    '      proof: none',
    '',
    '# Question: Who? Set breakGlass.approvers',
    '',
  ]);
});

test('no text of the cluster ends a comment, hides a line or becomes a setting', () => {
  const hostile = `x\nidentity: { writers: [] }\r\u2028policies: off\u0085a: b\u001b[2J${'y'.repeat(900)}`;
  const text = formatConfiguration({
    ...EMPTY,
    keys: [
      {
        section: 'policies',
        key: 'mode',
        notes: [hostile],
        questions: [{ key: 'k', text: hostile, example: { a: hostile } }],
        value: 'warn',
      },
    ],
  });

  assert.deepEqual(read(text), { policies: { mode: 'warn' } });
  // Line ends, and what moves the cursor.
  assert.equal(/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text.replaceAll('\n', '')), false);
});

test('all that was found is there for programs', () => {
  const plan = planConfiguration(surveyOf({ workloads: seen([argocdController()]) }), {
    cluster: 'a',
  });

  const answer: unknown = JSON.parse(formatPlanJson(plan));

  assert.ok(typeof answer === 'object' && answer !== null && 'configuration' in answer);
  assert.deepEqual(answer.configuration, configurationOf(plan.keys));
  assert.deepEqual(Object.keys(answer), [
    'configuration',
    'found',
    'platform',
    'size',
    'blindSpots',
  ]);
});
