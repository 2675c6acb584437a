import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { keepRead, mergeReads, valueReadsSchema } from '../../../src/policy/value-reads.ts';

describe('mergeReads()', () => {
  it('reads what any of them reads', () => {
    const one = { name: true, object: { metadata: { labels: true }, spec: {} } } as const;
    const other = { object: { metadata: { name: true }, spec: true }, oldObject: {} } as const;

    assert.deepEqual(mergeReads([one, other]), {
      name: true,
      object: { metadata: { labels: true, name: true }, spec: true },
      oldObject: {},
    });
  });

  it('reads everything if one of them does, or does not say what it reads', () => {
    assert.equal(mergeReads([{ name: true }, true]), true);
    assert.equal(mergeReads([{ name: true }, undefined]), true);
  });

  it('reads nothing for nobody', () => {
    assert.deepEqual(mergeReads([]), {});
  });

  it('does not change what it is given', () => {
    const one = Object.freeze({ object: Object.freeze({ kind: true } as const) });

    assert.deepEqual(mergeReads([one, { object: { spec: true } }]), {
      object: { kind: true, spec: true },
    });
    assert.deepEqual(one, { object: { kind: true } });
  });
});

describe('keepRead()', () => {
  const value = { a: { b: 1, c: 2 }, list: [{ b: 1 }], text: 't', none: null };

  it('keeps the members that are read, and what is no object whole', () => {
    assert.deepEqual(
      keepRead(value, { a: { c: true }, list: { b: true }, text: {}, none: {}, absent: true }),
      { a: { c: 2 }, list: [{ b: 1 }], text: 't', none: null },
    );
  });

  it('keeps everything where everything is read, and an object without members for its type', () => {
    assert.equal(keepRead(value, true), value);
    assert.deepEqual(keepRead(value, { a: {} }), { a: {} });
    assert.equal(keepRead('text', { a: true }), 'text');
  });

  it('keeps no member that only every object has', () => {
    assert.deepEqual(keepRead({}, JSON.parse('{"constructor":true,"toString":{}}')), {});
  });
});

describe('valueReadsSchema', () => {
  it('accepts true and objects of it', () => {
    const reads = { kind: true, object: { metadata: {} } };

    assert.deepEqual(valueReadsSchema.parse(reads), reads);
    assert.equal(valueReadsSchema.parse(true), true);
  });

  for (const [what, text] of [
    ['false', 'false'],
    ['a list of paths', '["object"]'],
    ['a text', '{"object":"metadata"}'],
    ['null', '{"object":null}'],
    ['the key __proto__', '{"object":{"__proto__":true}}'],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.equal(valueReadsSchema.safeParse(JSON.parse(text)).success, false);
    });
  }
});
