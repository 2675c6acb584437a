import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTrace } from '../../../../src/authoring/explain/parse-trace.ts';

const SOURCES = {
  nameOf: (path: string) => (path.startsWith('/') ? path.slice(1) : undefined),
  lineOf: (file: string, row: number) => `\t${file} line ${String(row)}`,
};

const OWNER = 'data.holdfast.policies.owner';

/** A step of a query that stands in so many others. */
function step(
  [name, what]: readonly [name: string, what: string],
  [depth, row]: readonly [depth: number, row: number],
  file = '/owner/owner.rego',
): string {
  return `${file}:${String(row)}     ${'| '.repeat(depth)}${name} ${what}`;
}

function parse(steps: readonly string[], value: unknown = [{}, { deny: [] }]) {
  return parseTrace([...steps, JSON.stringify(value, null, 2), ''].join('\n'), SOURCES);
}

test('parseTrace() tells where each rule ended that did not hold: where it came furthest', () => {
  const trace = parse([
    step(['Enter', `${OWNER}.deny`], [2, 20]),
    step(['Eval', 'x = 1'], [3, 22]),
    step(['Fail', 'x = 1'], [3, 22]),
    step(['Fail', 'x = 2'], [3, 24]),
    step(['Fail', 'x = 3'], [3, 23]),
    step(['Enter', `${OWNER}.warn`], [2, 10]),
    step(['Fail', 'y'], [3, 12]),
    step(['Exit', `${OWNER}.warn`], [3, 10]),
    step(['Redo', `${OWNER}.warn`], [2, 10]),
  ]);

  assert.deepEqual(trace, {
    values: { deny: [] },
    rules: [
      { rule: 'warn', file: 'owner/owner.rego', row: 10, held: true },
      {
        rule: 'deny',
        file: 'owner/owner.rego',
        row: 20,
        held: false,
        stoppedAt: { row: 24, text: 'owner/owner.rego line 24' },
      },
    ],
  });
});

test('parseTrace() takes what a function or a comprehension does for none of what its rule does', () => {
  const trace = parse([
    step(['Enter', `${OWNER}.deny`], [2, 20]),
    step(['Enter', 'data.holdfast.lib.names.is_one'], [3, 3], '/lib/names.rego'),
    step(['Fail', 'x = 1'], [4, 4], '/lib/names.rego'),
    step(['Enter', '__local1__ = input.request'], [3, 22]),
    step(['Exit', '__local1__ = input.request'], [4, 22]),
    step(['Fail', 'y'], [3, 21]),
    step(['Enter', `${OWNER}.request`], [2, 90]),
    step(['Fail', 'z'], [3, 91]),
  ]);

  assert.deepEqual(trace?.rules, [
    {
      rule: 'deny',
      file: 'owner/owner.rego',
      row: 20,
      held: false,
      stoppedAt: { row: 21, text: 'owner/owner.rego line 21' },
    },
  ]);
});

test('parseTrace() tells a rule once however often it is asked for, and rules of several files in order', () => {
  const trace = parse([
    step(['Enter', `${OWNER}.deny`], [2, 10]),
    step(['Fail', 'x'], [3, 11]),
    step(['Enter', `${OWNER}.deny`], [1, 10]),
    step(['Exit', `${OWNER}.deny`], [2, 10]),
    step(
      ['Enter', 'data.holdfast.gatekeeper.templates["a-b"].violation'],
      [1, 5],
      '/lib/other.rego',
    ),
    step(['Enter', 'data.zoo.audit'], [1, 5], '/zoo/zoo.rego'),
  ]);

  assert.deepEqual(
    trace?.rules.map(({ rule, file, held, stoppedAt }) => [rule, file, held, stoppedAt]),
    [
      ['violation', 'lib/other.rego', false, undefined],
      ['deny', 'owner/owner.rego', true, undefined],
      ['audit', 'zoo/zoo.rego', false, undefined],
    ],
  );
});

test('parseTrace() leaves out what the build generates, and files that the bundle does not have', () => {
  const trace = parse([
    step(['Enter', `${OWNER}.deny`], [1, 4], '/_entry/verdict_owner.rego'),
    step(['Enter', `${OWNER}.deny`], [1, 4], 'elsewhere.rego'),
    step(['Enter', `${OWNER}.denied`], [1, 5]),
  ]);

  assert.deepEqual(trace?.rules, []);
});

test('parseTrace() has no values where the query is undefined, or its answer has none', () => {
  assert.deepEqual(parseTrace('undefined\n', SOURCES), { values: {}, rules: [] });
  assert.deepEqual(parse([], [{}, 1]), { values: {}, rules: [] });
});

test('parseTrace() refuses another form', () => {
  for (const text of ['', 'no', '{"explanation": 1}', 'owner.rego:1 Enter\n[]']) {
    assert.equal(parseTrace(text, SOURCES), undefined);
  }
});
