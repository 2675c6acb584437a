import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  classifyInputReads,
  type InputReads,
} from '../../../src/authoring/classify-input-reads.ts';
import { parsePlan } from '../../../src/authoring/opa-plan.ts';
import type { ValueReads } from '../../../src/policy/value-reads.ts';

const TEXTS = ['request', 'object', 'oldObject', 'metadata', 'name', 'parameters', 'limit'];

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
    });
    assert.deepEqual(allReadsOf(verdict(give(0))), { requestReads: true, parameterReads: true });
    assert.deepEqual(allReadsOf(), { requestReads: true, parameterReads: true });
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
});
