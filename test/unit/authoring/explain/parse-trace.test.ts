import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTrace } from '../../../../src/authoring/explain/parse-trace.ts';

const SOURCES = {
  nameOf: (path: string) => (path.startsWith('/') ? path.slice(1) : undefined),
  lineOf: (file: string, row: number) => `\t${file} line ${String(row)}`,
};

function enter(QueryID: number, name: string, row: number) {
  return enterIn('/owner/owner.rego', { QueryID, name, row });
}

function enterIn(
  file: string,
  { QueryID, name, row }: { readonly QueryID: number; readonly name: string; readonly row: number },
) {
  return { Op: 'Enter', QueryID, Node: { head: { name } }, Location: { file, row } };
}

function event(Op: string, QueryID: number, row: number) {
  return { Op, QueryID, Node: { terms: [] }, Location: { file: '/owner/owner.rego', row } };
}

function parse(explanation: readonly object[], value: unknown = [{}, { deny: [] }]) {
  return parseTrace(
    JSON.stringify({ result: [{ expressions: [{ value }] }], explanation }),
    SOURCES,
  );
}

test('parseTrace() tells where each rule ended that did not hold: where it came furthest', () => {
  const trace = parse([
    enter(2, 'deny', 20),
    event('Fail', 2, 22),
    event('Fail', 2, 24),
    event('Fail', 2, 23),
    enter(1, 'warn', 10),
    event('Fail', 1, 12),
    event('Exit', 1, 10),
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

test('parseTrace() tells a rule once however often it is asked for, and rules of several files in order', () => {
  const trace = parse([
    enter(1, 'deny', 10),
    event('Fail', 1, 11),
    enter(2, 'deny', 10),
    event('Exit', 2, 10),
    enterIn('/lib/other.rego', { QueryID: 3, name: 'audit', row: 5 }),
    enterIn('/zoo/zoo.rego', { QueryID: 4, name: 'audit', row: 5 }),
  ]);

  assert.deepEqual(
    trace?.rules.map(({ rule, file, held, stoppedAt }) => [rule, file, held, stoppedAt]),
    [
      ['audit', 'lib/other.rego', false, undefined],
      ['deny', 'owner/owner.rego', true, undefined],
      ['audit', 'zoo/zoo.rego', false, undefined],
    ],
  );
});

test('parseTrace() leaves out functions, what the build generates, and what has no place', () => {
  const trace = parse([
    enter(1, 'is_owner', 3),
    enterIn('/_entry/verdict_owner.rego', { QueryID: 2, name: 'deny', row: 4 }),
    enterIn('elsewhere.rego', { QueryID: 8, name: 'deny', row: 4 }),
    { Op: 'Enter', QueryID: 3, Node: { head: { name: 'deny' } }, Location: null },
    { Op: 'Enter', QueryID: 4, Node: { head: {} }, Location: { file: 'a', row: 1 } },
    { Op: 'Enter', QueryID: 5, Node: [], Location: { file: 'a', row: 1 } },
    enter(6, 'deny', 7),
    { Op: 'Fail', QueryID: 6, Node: {}, Location: null },
  ]);

  assert.deepEqual(trace?.rules, [{ rule: 'deny', file: 'owner/owner.rego', row: 7, held: false }]);
});

test('parseTrace() has no values where the query is undefined, or is no list', () => {
  assert.deepEqual(parseTrace('{}', SOURCES), { values: {}, rules: [] });
  assert.deepEqual(parse([], {}), { values: {}, rules: [] });
  assert.deepEqual(parse([], [{}, 1]), { values: {}, rules: [] });
});

test('parseTrace() refuses another form', () => {
  assert.equal(parseTrace('{"explanation": 1}', SOURCES), undefined);
  assert.equal(parseTrace('no', SOURCES), undefined);
});
