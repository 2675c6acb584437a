import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyBuiltinCalls } from '../../../src/authoring/classify-builtin-calls.ts';
import { parsePlan } from '../../../src/authoring/opa-plan.ts';

const HOST = new Set(['time.now_ns', 'sprintf', 'uuid.parse']);
const call = (func: string) => ({ type: 'CallStmt', stmt: { func, args: [], result: 0 } });
const block = (...stmts: readonly object[]) => ({ stmts });

/** A plan of functions that begins with the verdict of the policy `a`. */
function planOf(functions: Readonly<Record<string, readonly object[]>>) {
  return parsePlan({
    static: { strings: [] },
    funcs: {
      funcs: Object.entries(functions).map(([name, stmts]) => ({
        name,
        path: name === 'begin' ? ['g0', 'holdfast', 'verdict', 'a', 'verdict'] : ['g0', name],
        params: [0, 1],
        blocks: [block(...stmts)],
      })),
    },
  });
}

test('classifyBuiltinCalls() finds what a policy calls by the functions of the libraries, in every block', () => {
  const nested = { source: 0, key: 1, value: 2, block: block(call('time.now_ns')) };
  const plan = planOf({
    begin: [
      { type: 'BlockStmt', stmt: { blocks: [block(call('g0.lib'))] } },
      { type: 'NotStmt', stmt: { block: block(call('count')) } },
      { type: 'NopStmt', stmt: {} },
      call('begin'),
    ],
    'g0.lib': [
      { type: 'ScanStmt', stmt: nested },
      {
        type: 'WithStmt',
        stmt: {
          local: 0,
          path: [],
          value: { type: 'local', value: 1 },
          block: block(call('sprintf')),
        },
      },
    ],
    'g0.other': [call('uuid.parse')],
  });

  assert.deepEqual(classifyBuiltinCalls(plan, 'a', HOST), ['sprintf', 'time.now_ns']);
});

test('classifyBuiltinCalls() takes all of them where the plan leaves open what is called', () => {
  const all = ['sprintf', 'time.now_ns', 'uuid.parse'];
  const dynamic = { type: 'CallDynamicStmt', stmt: { args: [], path: [], result: 0 } };
  assert.deepEqual(classifyBuiltinCalls(planOf({ begin: [dynamic] }), 'a', HOST), all);
  const unknown = { type: 'FutureStmt', stmt: {} };
  assert.deepEqual(classifyBuiltinCalls(planOf({ begin: [unknown] }), 'a', HOST), all);
  assert.deepEqual(classifyBuiltinCalls(planOf({ begin: [] }), 'b', HOST), all);
});
