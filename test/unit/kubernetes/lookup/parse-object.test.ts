import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseObject, parsePage } from '../../../../src/kubernetes/lookup/parse-object.ts';

describe('parseObject', () => {
  it('keeps the fields it does not know', () => {
    const object = { kind: 'A', metadata: { name: 'a', selfLink: 'b' }, spec: { c: [1] } };
    assert.deepEqual(parseObject(object), object);
  });

  const mangled: readonly unknown[] = [
    null,
    [],
    'object',
    { kind: 1 },
    { metadata: [] },
    { metadata: { labels: { a: 1 } } },
    { metadata: { ownerReferences: [{ name: 'a' }] } },
    { metadata: { ownerReferences: {} } },
  ];
  for (const value of mangled) {
    it(`refuses ${JSON.stringify(value)}`, () => {
      assert.equal(parseObject(value), undefined);
    });
  }

  it('is total', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        parseObject(value);
        parsePage(value);
      }),
    );
  });
});

describe('parsePage', () => {
  it('reads items and the token of the next page', () => {
    assert.deepEqual(parsePage({ metadata: { continue: 'n' }, items: [{ kind: 'A' }] }), {
      items: [{ kind: 'A' }],
      next: 'n',
    });
  });

  it('reads a last page, with an empty token or none, and without items', () => {
    for (const page of [{ items: [] }, { metadata: { continue: '' } }, { items: null }]) {
      assert.deepEqual(parsePage(page), { items: [] });
    }
  });

  it('refuses what is no list', () => {
    assert.equal(parsePage({ items: [1] }), undefined);
    assert.equal(parsePage('list'), undefined);
  });
});
