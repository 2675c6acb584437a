import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { entryLookupsSchema, keepEntry, readAt } from '../../../src/policy/entry-lookups.ts';

describe('entryLookupsSchema', () => {
  it('takes paths of a table and of a fact', () => {
    const lookups = [{ table: ['operators'], fact: ['actor', 'name'] }];

    assert.deepEqual(entryLookupsSchema.parse(lookups), lookups);
  });

  for (const [what, forged] of Object.entries({
    'a path without a key': { table: [], fact: ['actor'] },
    'a prototype': { table: ['__proto__'], fact: ['actor'] },
    'what is no path': { table: 'operators', fact: ['actor'] },
    'more than paths': { table: ['operators'], fact: ['actor'], whole: true },
  })) {
    it(`refuses ${what}`, () => {
      assert.equal(entryLookupsSchema.safeParse([forged]).success, false);
    });
  }
});

describe('readAt()', () => {
  it('has the own member at a path, and nothing else', () => {
    const value = { a: { b: [1] } };

    assert.deepEqual(readAt(value, ['a', 'b']), [1]);
    assert.equal(readAt(value, []), value);
    assert.deepEqual(
      [['a', 'c'], ['a', 'b', '0'], ['constructor'], ['a', 'toString']].map((path) =>
        readAt(value, path),
      ),
      [undefined, undefined, undefined, undefined],
    );
  });
});

describe('keepEntry()', () => {
  const whole = { limit: 1, deep: { operators: { a: { rules: [1] }, b: 2 } } };

  it('adds the entry to what is kept of its table', () => {
    const table = ['deep', 'operators'];

    assert.deepEqual(keepEntry({ limit: 1 }, whole, { table, key: 'a' }), {
      limit: 1,
      deep: { operators: { a: { rules: [1] } } },
    });
    assert.deepEqual(keepEntry({ deep: { operators: { b: 2 } } }, whole, { table, key: 'a' }), {
      deep: { operators: { a: { rules: [1] }, b: 2 } },
    });
  });

  it('adds nothing where there is no such entry', () => {
    const kept = { limit: 1 };

    assert.equal(keepEntry(kept, whole, { table: ['deep', 'operators'], key: 'c' }), kept);
    assert.equal(keepEntry(kept, whole, { table: ['limit'], key: 'a' }), kept);
  });
});
