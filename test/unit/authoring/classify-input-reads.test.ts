import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  classifyInputReads,
  type InputReads,
} from '../../../src/authoring/classify-input-reads.ts';
import { parsePlan } from '../../../src/authoring/opa-plan.ts';
import type { ValueReads } from '../../../src/policy/value-reads.ts';

const TEXTS = [
  'request',
  'object',
  'oldObject',
  'metadata',
  'name',
  'parameters',
  'limit',
  'facts',
];

const text = (of: string): object => ({ type: 'string_index', value: TEXTS.indexOf(of) });
const local = (value: number): object => ({ type: 'local', value });
const dot = (source: number, key: string, target: number): object => ({
  type: 'DotStmt',
  stmt: { source: local(source), key: text(key), target },
});
const call = (func: string, args: readonly object[], result: number): object => ({
  type: 'CallStmt',
  stmt: { func, args, result },
});
const give = (source: number): object => ({ type: 'ReturnLocalStmt', stmt: { source } });
/** Reads `input.request` into local 3. */
const request = dot(0, 'request', 3);

interface WrittenFunction {
  readonly name: string;
  readonly path: readonly string[];
  readonly params: readonly number[];
  readonly statements: readonly object[];
}

const verdict = (...statements: readonly object[]): WrittenFunction => ({
  name: 'g0.data.holdfast.verdict.sample.verdict',
  path: ['g0', 'holdfast', 'verdict', 'sample', 'verdict'],
  params: [0, 1],
  statements,
});

/** What the policy `sample` of a plan with these functions reads of the request. */
function readsOf(...functions: readonly WrittenFunction[]): ValueReads {
  return allReadsOf(...functions).requestReads;
}

function allReadsOf(...functions: readonly WrittenFunction[]): InputReads {
  const funcs = functions.map(({ name, path, params, statements }) => ({
    name,
    path,
    params,
    blocks: [{ stmts: statements }],
  }));
  const strings = TEXTS.map((value) => ({ value }));
  return classifyInputReads(parsePlan({ static: { strings }, funcs: { funcs } }), 'sample');
}

describe('classifyInputReads()', () => {
  it('follows members by their names, through aliases', () => {
    const alias = { type: 'AssignVarStmt', stmt: { source: local(3), target: 4 } };

    assert.deepEqual(readsOf(verdict(request, alias, dot(4, 'object', 5), give(5))), {
      object: true,
    });
  });

  it('tells the parameters that are read apart from the request', () => {
    const limit = [dot(0, 'parameters', 4), dot(4, 'limit', 5), give(5)];

    assert.deepEqual(allReadsOf(verdict(request, dot(3, 'name', 6), ...limit)), {
      requestReads: { name: {} },
      parameterReads: { limit: true },
      parameterLookups: [],
    });
    const everything = { requestReads: true, parameterReads: true, parameterLookups: [] };
    assert.deepEqual(allReadsOf(verdict(give(0))), everything);
    assert.deepEqual(allReadsOf(), everything);
  });

  it('reads of what is only asked for that it is there', () => {
    assert.deepEqual(readsOf(verdict(request, dot(3, 'object', 4))), { object: {} });
  });

  it('reads nothing of a request that no statement leads to', () => {
    assert.deepEqual(readsOf(verdict(dot(0, 'name', 3), give(3))), {});
  });

  it('reads whole what a function of OPA is given', () => {
    const counted = call('count', [local(4)], 5);

    assert.deepEqual(readsOf(verdict(request, dot(3, 'object', 4), counted)), { object: true });
  });

  it('reads everything by a key that is not known', () => {
    const computed = {
      type: 'DotStmt',
      stmt: { source: local(3), key: local(4), target: 5 },
    };

    assert.equal(readsOf(verdict(request, call('lower', [], 4), computed)), true);
  });

  it('reads everything where the input itself is used', () => {
    assert.equal(readsOf(verdict(give(0))), true);
  });

  it('reads everything with a statement that is not known', () => {
    const unknown = { type: 'TeleportStmt', stmt: { source: local(0) } };

    assert.equal(readsOf(verdict(request, unknown)), true);
    assert.equal(
      readsOf(verdict({ type: 'NotStmt', stmt: { block: { stmts: [unknown] } } })),
      true,
    );
  });

  it('reads everything with a statement that has another form than known', () => {
    const other = { type: 'DotStmt', stmt: { from: local(3), key: text('object'), target: 4 } };

    assert.equal(readsOf(verdict(request, other)), true);
  });

  it('reads everything where a function calls itself', () => {
    const name = 'g0.data.f';
    const again: WrittenFunction = {
      name,
      path: ['g0', 'f'],
      params: [0, 1],
      statements: [call(name, [local(0), local(1)], 3)],
    };

    assert.equal(readsOf(verdict(call(name, [local(0), local(1)], 3)), again), true);
  });

  it('reads everything where a function has more or fewer parameters than it is given', () => {
    const name = 'g0.data.f';
    const other: WrittenFunction = { name, path: ['g0', 'f'], params: [0, 1], statements: [] };
    const given = [local(0), local(1)];

    assert.deepEqual(readsOf(verdict(request, call(name, given, 4)), other), {});
    assert.equal(readsOf(verdict(request, call(name, [...given, local(3)], 4)), other), true);
    const more = { ...other, params: [0, 1, 2] };
    assert.equal(readsOf(verdict(request, call(name, given, 4)), more), true);
  });

  it('reads whole what has a member by a text that the plan does not have', () => {
    const key = { type: 'string_index', value: TEXTS.length };
    const unknown = { type: 'DotStmt', stmt: { source: local(4), key, target: 5 } };

    assert.deepEqual(readsOf(verdict(request, dot(3, 'object', 4), unknown)), { object: true });
  });

  it('reads everything where a collection grows that has two names', () => {
    const make = { type: 'MakeArrayStmt', stmt: { target: 4 } };
    const alias = { type: 'AssignVarStmt', stmt: { source: local(4), target: 5 } };
    const append = { type: 'ArrayAppendStmt', stmt: { value: text('name'), array: 4 } };

    assert.deepEqual(readsOf(verdict(request, make, append)), {});
    assert.equal(readsOf(verdict(request, make, alias, append)), true);
  });

  it('reads everything where no rule can be the one whose name is computed', () => {
    const dynamic = {
      type: 'CallDynamicStmt',
      stmt: { args: [0, 1], path: [text('name'), local(3)], result: 4 },
    };

    assert.equal(readsOf(verdict(dynamic)), true);
  });

  it('reads everything where the policy has no verdict, or two', () => {
    assert.equal(readsOf(), true);
    assert.equal(readsOf(verdict(request), verdict(request)), true);
  });

  it('reads whole two values of which a rule may have one only: they are compared', () => {
    const once = (source: number): object => ({
      type: 'AssignVarOnceStmt',
      stmt: { source: local(source), target: 6 },
    });
    const states = [request, dot(3, 'object', 4), dot(3, 'oldObject', 5)];

    assert.deepEqual(readsOf(verdict(...states, once(4), once(5))), {
      object: true,
      oldObject: true,
    });
    assert.deepEqual(readsOf(verdict(...states, once(4))), { object: {}, oldObject: {} });
  });

  describe('of a table among the parameters', () => {
    /** `input.facts.name` into local 5, and `input.parameters.limit` into local 7. */
    const table = [
      dot(0, 'facts', 4),
      dot(4, 'name', 5),
      dot(0, 'parameters', 6),
      dot(6, 'limit', 7),
    ];
    const dotLocal = (source: number, key: number, target: number): object => ({
      type: 'DotStmt',
      stmt: { source: local(source), key: local(key), target },
    });
    const lookup = { table: ['limit'], fact: ['name'] };

    it('reads the entry that a fact names', () => {
      assert.deepEqual(allReadsOf(verdict(...table, dotLocal(7, 5, 8), give(8))), {
        requestReads: {},
        parameterReads: { limit: {} },
        parameterLookups: [lookup],
      });
    });

    it('reads all where the whole table is read, too', () => {
      const read = allReadsOf(verdict(...table, dotLocal(7, 5, 8), give(7)));

      assert.deepEqual([read.parameterReads, read.parameterLookups], [{ limit: true }, []]);
    });

    it('reads all by a key that is no fact, may be none, or is all facts', () => {
      const either = { type: 'AssignVarStmt', stmt: { source: text('name'), target: 5 } };
      const maybe = { type: 'BlockStmt', stmt: { blocks: [{ stmts: [either] }] } };
      const other = { type: 'BlockStmt', stmt: { blocks: [{ stmts: [call('lower', [], 5)] }] } };
      const read = [
        [...table, request, dotLocal(7, 3, 8)],
        [...table, maybe, dotLocal(7, 5, 8)],
        [...table, other, dotLocal(7, 5, 8)],
        [...table, dotLocal(7, 4, 8)],
        [
          ...table,
          dot(4, 'object', 9),
          { type: 'BlockStmt', stmt: { blocks: [{ stmts: [dot(4, 'name', 9)] }] } },
          dotLocal(7, 9, 8),
        ],
      ].map((statements) => allReadsOf(verdict(...statements)));

      assert.deepEqual(
        read.map(({ parameterReads, parameterLookups }) => [parameterReads, parameterLookups]),
        read.map(() => [{ limit: true }, []]),
      );
    });

    it('reads all parameters by a fact that names one of them', () => {
      assert.equal(allReadsOf(verdict(...table, dotLocal(6, 5, 8))).parameterReads, true);
    });

    it('reads what a fact names of a request whole', () => {
      assert.equal(readsOf(verdict(...table, request, dotLocal(3, 5, 8))), true);
    });
  });

  describe('of an object that the policy makes', () => {
    const make = (target: number): object => ({ type: 'MakeObjectStmt', stmt: { target } });
    const insert = (object: number, key: object, value: number): object => ({
      type: 'ObjectInsertStmt',
      stmt: { key, value: local(value), object },
    });
    /** `{"name": input.request}` in local 4. */
    const wrapped = [request, make(4), insert(4, text('name'), 3)];

    it('reads what is read of its members', () => {
      assert.deepEqual(
        readsOf(verdict(...wrapped, dot(4, 'name', 5), dot(5, 'object', 6), give(6))),
        {
          object: true,
        },
      );
      assert.deepEqual(readsOf(verdict(...wrapped, dot(4, 'limit', 5), give(5))), {});
    });

    it('reads its members whole where the object is used', () => {
      assert.equal(readsOf(verdict(...wrapped, give(4))), true);
      assert.equal(readsOf(verdict(...wrapped, call('count', [local(4)], 5))), true);
    });

    it('reads a member whole whose key is computed', () => {
      const computed = [request, make(4), call('lower', [], 7), insert(4, local(7), 3)];

      assert.equal(readsOf(verdict(...computed)), true);
    });

    it('reads a member whole that may be there once only: two values are compared', () => {
      const once = {
        type: 'ObjectInsertOnceStmt',
        stmt: { key: text('name'), value: local(3), object: 4 },
      };

      assert.equal(readsOf(verdict(request, make(4), once)), true);
    });

    it('reads everything where an object grows that has two names', () => {
      const inner = [make(6), insert(4, text('limit'), 6), insert(6, text('name'), 3)];

      assert.equal(readsOf(verdict(...wrapped, dot(3, 'name', 9))) === true, false);
      assert.equal(readsOf(verdict(request, make(4), dot(3, 'name', 9), ...inner)), true);
    });

    it('reads whole what a local may be that is no object', () => {
      const grown = [request, call('lower', [], 4), insert(4, text('name'), 3)];

      assert.equal(readsOf(verdict(...grown)), true);
    });
  });
});
