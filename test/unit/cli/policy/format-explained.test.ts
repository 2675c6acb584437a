import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { decide } from '../../../../src/admission/decide.ts';
import {
  formatExplained,
  formatExplainedJson,
  type ShownExplanation,
} from '../../../../src/cli/policy/format-explained.ts';
import type {
  ExplainedPolicy,
  ExplainedReview,
} from '../../../../src/compose/explain/explain-review.ts';
import {
  sampleContext,
  sampleFinding,
  sampleOutcome,
  sampleRequest,
  sampleUnavailable,
} from '../../../support/admission-samples.ts';

const MATCHED: ExplainedPolicy = {
  policy: 'owner',
  title: 'Names its owner',
  isConstraint: false,
  matching: { matched: true },
  mode: 'enforce',
  failure: 'allow',
  facts: [
    { fact: 'object', optional: false, status: 'known' },
    {
      fact: 'source',
      optional: true,
      status: 'unavailable',
      code: 'fact_unavailable',
      reason: 'no cluster',
    },
  ],
  outcome: sampleOutcome({
    deny: [sampleFinding({ message: 'No owner.', path: 'metadata.labels', details: { a: 1 } })],
    warn: [{ code: 'careful', message: 'Careful.' }],
    audit: [{ code: 'seen', message: 'Seen.' }],
    patch: [
      { op: 'add', path: '/a', value: 1 },
      { op: 'remove', path: '/b' },
    ],
  }),
  evaluateMs: 0.214,
};
const UNMATCHED: ExplainedPolicy = {
  policy: 'other',
  title: 'Other',
  isConstraint: false,
  matching: { matched: false, condition: 'kinds', reason: 'it names Pod' },
};

function review(policies: readonly ExplainedPolicy[]): ExplainedReview {
  const outcome = sampleOutcome({ deny: [sampleFinding()] });
  const timings = { gatherMs: 0.5, evaluateMs: 1 };
  return {
    status: 'decided',
    request: sampleRequest(),
    decision: decide([{ outcome, mode: 'enforce', failure: 'deny' }], sampleContext({ timings })),
    policies,
    facts: { cluster: { name: 'prod', frozen: false }, inventory: { cluster: {}, namespace: {} } },
    requestJson: Buffer.from('{}'),
    parameters: {},
  };
}

function show(
  policies: readonly ExplainedPolicy[],
  more: Partial<ShownExplanation> = {},
): readonly string[] {
  const shown = {
    source: 'a.json',
    review: review(policies),
    traces: new Map(),
    selected: [],
    ...more,
  };
  return formatExplained(shown, { color: false }).split('\n');
}

test('formatExplained() shows the decision, what matched with its findings, and why the others did not', () => {
  const lines = show([MATCHED, UNMATCHED]);

  assert.equal(lines[0], 'CREATE configmaps shop/settings  a.json');
  assert.deepEqual(lines.slice(lines.findIndex((line) => line.startsWith('  took'))), [
    '  took      2.00 ms: facts 0.50 ms, policies 1.00 ms',
    '  bundle    sha256:abc, 2 policies',
    '',
    '  owner: Names its owner',
    '    mode enforce, failure allow, evaluated in 0.21 ms',
    '    facts: object known; source (optional) unavailable: no cluster (fact_unavailable)',
    '    deny: managed_object_changed at metadata.labels',
    '      No owner.',
    '      Change it in Git',
    '      details: {"a":1}',
    '    warn: careful',
    '      Careful.',
    '    audit: seen',
    '      Seen.',
    '    patch: add /a 1',
    '    patch: remove /b',
    '',
    '  not matched',
    '  other  kinds  it names Pod',
  ]);
});

test('formatExplained() shows what could not be evaluated, what found nothing, and what has not more to tell', () => {
  const { outcome: _outcome, facts: _facts, ...bare } = MATCHED;
  const lines = show([
    { ...bare, outcome: sampleUnavailable() },
    { ...bare, outcome: sampleOutcome() },
    { policy: 'bare', title: 'Bare', isConstraint: false, matching: { matched: true } },
  ]);

  assert.deepEqual(lines.slice(lines.indexOf('  owner: Names its owner')), [
    '  owner: Names its owner',
    '    mode enforce, failure allow, evaluated in 0.21 ms',
    '    could not be evaluated: it did not finish within 100 ms (policy_deadline_exceeded)',
    '',
    '  owner: Names its owner',
    '    mode enforce, failure allow, evaluated in 0.21 ms',
    '    found nothing',
    '',
    '  bare: Bare',
    '    mode off, failure deny, evaluated in 0.00 ms',
  ]);
});

test('formatExplained() shows the trace of rules, and the values of the others cut to a line', () => {
  const traces = new Map([
    [
      'owner',
      {
        ok: true,
        values: { deny: [], table: 'x'.repeat(400) },
        rules: [
          { rule: 'deny', file: 'owner/owner.rego', row: 20, held: true },
          { rule: 'deny', file: 'owner/owner.rego', row: 30, held: false },
          {
            rule: 'warn',
            file: 'owner/owner.rego',
            row: 40,
            held: false,
            stoppedAt: { row: 42, text: 'not labelled' },
          },
        ],
      } as const,
    ],
  ]);
  const lines = show([MATCHED], { traces });

  assert.deepEqual(lines.slice(lines.indexOf('    trace:')), [
    '    trace:',
    '      owner/owner.rego:20 deny holds',
    '      owner/owner.rego:30 deny does not hold',
    '      owner/owner.rego:40 warn ends at line 42: not labelled',
    `      table = "${'x'.repeat(159)}…`,
  ]);
});

test('formatExplained() says why there is no trace', () => {
  const traces = new Map([['owner', { ok: false, reason: 'there is no OPA' } as const]]);

  assert.equal(show([MATCHED], { traces }).at(-1), '    no trace: there is no OPA');
});

test('formatExplained() shows only the policies that are asked for', () => {
  const lines = show([MATCHED, UNMATCHED], { selected: ['other'] });

  assert.deepEqual(lines.slice(-4), [
    '  bundle    sha256:abc, 2 policies',
    '',
    '  not matched',
    '  other  kinds  it names Pod',
  ]);
});

test('formatExplained() without timings, and of a review that cannot be read', () => {
  const decided = review([]);
  assert.ok(decided.status === 'decided');
  const { timings: _timings, ...decision } = decided.decision;
  const rejected = { status: 'rejected', code: 'review_empty', message: 'Empty' } as const;
  const told = { source: 'a.json', traces: new Map(), selected: [] };

  assert.match(
    formatExplained({ ...told, review: { ...decided, decision } }, { color: false }),
    /facts 0\.00 ms, policies 0\.00 ms/u,
  );
  assert.equal(
    formatExplained({ ...told, review: rejected }, { color: false }),
    'a.json\n  answer    rejected: Empty (review_empty)',
  );
  assert.deepEqual(JSON.parse(formatExplainedJson({ ...told, review: rejected })), {
    source: 'a.json',
    uid: '',
    rejected: { code: 'review_empty', message: 'Empty' },
  });
});

test('formatExplained() shows beside the decision what a record says of it', () => {
  const lineOf = (recorded: { readonly allowed: boolean; readonly code: string }) =>
    show([], { recorded }).find((line) => line.startsWith('  recorded'));

  assert.equal(lineOf({ allowed: true, code: 'allowed' }), '  recorded  allowed');
  assert.equal(lineOf({ allowed: false, code: 'no' }), '  recorded  denied (no)');
});

test('formatExplainedJson() has everything but the inventory', () => {
  const trace = { ok: false, reason: 'no OPA' } as const;
  const shown = {
    source: 'a.json',
    review: review([MATCHED]),
    traces: new Map([['owner', trace]]),
    recorded: { allowed: true, code: 'allowed' },
    selected: [],
  };

  const explained = z.looseObject({ decision: z.object({ allowed: z.boolean() }) });
  const { decision, ...told } = explained.parse(JSON.parse(formatExplainedJson(shown)));

  assert.equal(decision.allowed, false);
  assert.deepEqual(told, {
    source: 'a.json',
    uid: 'b0c1b8e2-0000-4000-8000-000000000001',
    recorded: { allowed: true, code: 'allowed' },
    facts: { cluster: { name: 'prod', frozen: false } },
    policies: [JSON.parse(JSON.stringify({ ...MATCHED, trace }))],
  });
});
