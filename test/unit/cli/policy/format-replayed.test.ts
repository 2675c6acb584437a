import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../../../src/admission/decide.ts';
import {
  formatReplayed,
  formatReplayedJson,
  type ShownReplay,
} from '../../../../src/cli/policy/format-replayed.ts';
import type { FlipGroup } from '../../../../src/compose/replay/collect-flips.ts';
import { sampleContext, sampleFinding, sampleOutcome } from '../../../support/admission-samples.ts';

function decision(mode: 'enforce' | 'warn' | 'audit') {
  const outcome = sampleOutcome({ deny: [sampleFinding({ message: 'First.\nSecond.' })] });
  return decide([{ outcome, mode, failure: 'deny' }], sampleContext());
}

function group(change: Partial<FlipGroup> = {}): FlipGroup {
  const flip = { from: 'allowed', to: 'denied', policies: ['owner'], codes: ['none'] } as const;
  return {
    ...flip,
    count: 1200,
    applications: [
      { name: 'shop', count: 1000 },
      { name: '', count: 200 },
    ],
    users: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ name, count: 200 })),
    example: {
      source: '01JD',
      flip,
      username: 'a',
      application: 'shop',
      route: 'validate',
      review: {},
      decision: decision('enforce'),
    },
    ...change,
  };
}

const SHOWN: ShownReplay = {
  read: 3000,
  judged: 2000,
  flipped: 1200,
  durationMs: 1500,
  groups: [],
  unjudged: [],
  cases: new Map(),
};

test('formatReplayed() shows who is concerned by each kind of flip, with an example and its case', () => {
  const one = group();
  const cases = new Map([[one, 'flips/owner/reviews/01-allowed-to-denied.yaml']]);

  assert.equal(
    formatReplayed({ ...SHOWN, groups: [one], cases }),
    [
      'allowed → denied: 1,200 by owner (none)',
      '  applications  shop 1,000, none 200',
      '  users         a 200, b 200, c 200, d 200, e 200, and 1 more',
      '  for example   01JD: First.',
      '  case          flips/owner/reviews/01-allowed-to-denied.yaml',
      '',
      '3,000 records, 2,000 judged again, 1,200 flipped (1.5 s, 2,000 a second)',
    ].join('\n'),
  );
});

test('formatReplayed() shows a warning, what would be denied, or nothing where there is no text', () => {
  const { example } = group();
  const told = (mode: 'warn' | 'audit') =>
    group({ example: { ...example, decision: decision(mode) } });
  const silent = { ...example, decision: decide([], sampleContext()) };
  const groups = [told('warn'), told('audit'), group({ example: silent, policies: [], codes: [] })];

  const lines = formatReplayed({ ...SHOWN, groups }).split('\n');

  const examples = lines.filter((line) => line.startsWith('  for example'));
  assert.match(examples[0] ?? '', /^ {2}for example {3}01JD: .*First\./u);
  assert.deepEqual(examples.slice(1), ['  for example   01JD: First.', '  for example   01JD']);
  assert.equal(lines.at(-6), 'allowed → denied: 1,200');
});

test('formatReplayed() says why records could not be judged again, and how fast it was', () => {
  const unjudged = [
    { reason: 'no-input', count: 900 },
    { reason: 'facts', detail: 'owner: source', count: 100 },
  ] as const;

  assert.equal(
    formatReplayed({ ...SHOWN, read: 1, durationMs: 0, unjudged }),
    [
      'not judged again',
      '  900  it does not have what the policies were given: audit.journal.input was off',
      '  100  the candidate reads a fact that it does not have: owner: source',
      '',
      '1 record, 2,000 judged again, 1,200 flipped (0.0 s, 1 a second)',
    ].join('\n'),
  );
});

test('formatReplayedJson() has every name and number', () => {
  const one = group();
  const unjudged = [{ reason: 'cut', count: 1 }] as const;
  const shown = { ...SHOWN, groups: [one], unjudged, cases: new Map([[one, 'a.yaml']]) };

  const { example: _example, ...told } = one;
  assert.deepEqual(JSON.parse(formatReplayedJson(shown)), {
    read: 3000,
    judged: 2000,
    flipped: 1200,
    durationMs: 1500,
    flips: [{ ...told, example: '01JD', message: one.example.decision.message, case: 'a.yaml' }],
    unjudged: [
      {
        reason: 'cut',
        count: 1,
        meaning:
          'what the policies were given was larger than audit.journal.inputBytesMax or recordBytesMax',
      },
    ],
  });
});
