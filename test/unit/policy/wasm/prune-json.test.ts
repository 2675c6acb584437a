import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { isRecord } from '../../../../src/base/is-record.ts';
import { parseStrictJson } from '../../../../src/base/strict-json.ts';
import type { ValueReads } from '../../../../src/policy/value-reads.ts';
import { planPruning, pruneRequest } from '../../../../src/policy/wasm/prune-json.ts';

/** What is left of the request of a review. */
function prune(request: string, reads: ValueReads): string {
  const review = Buffer.from(
    `{"kind":"AdmissionReview","request": ${request} ,"after":{"a":{"a":1}}}`,
  );
  const parsed = parseStrictJson(review, { depthMax: 64 });
  assert.ok(parsed.ok);
  const { outline } = parsed;
  const range = parsed.memberRange('request');
  assert.ok(range !== undefined && outline !== undefined);
  const text = review.subarray(range.start, range.end);
  const kept = pruneRequest(text, { outline, start: range.start }, planPruning(reads));
  const parts: Uint8Array[] = [];
  for (let at = 0; at < kept.length; at += 2) parts.push(text.subarray(kept[at], kept[at + 1]));
  return Buffer.concat(parts).toString();
}

/** The same on values: what must be left at least, and at most. */
function pruneValue(value: unknown, reads: ValueReads): unknown {
  if (reads === true || !isRecord(value)) return value;
  const kept = Object.entries(value).flatMap(([key, member]) => {
    const inner = reads[key];
    return inner === undefined ? [] : [[key, pruneValue(member, inner)] as const];
  });
  return Object.fromEntries(kept);
}

describe('pruneRequest()', () => {
  it('keeps the members that are read, byte for byte, and no others', () => {
    const request =
      '{"uid":"1", "object": {"kind":"Pod","metadata":{"labels":{"a": 1.00},"uid":"2"} , "spec":{}}, "dryRun":false}';

    assert.equal(
      prune(request, { object: { metadata: { labels: true } }, dryRun: true }),
      '{"object": {"metadata":{"labels":{"a": 1.00}} }, "dryRun":false}',
    );
  });

  for (const [what, request, reads, wanted] of [
    ['nothing where nothing is read', '{"a":1,"b":{"c":2}}', {}, '{}'],
    ['everything where everything is read', ' {"a": 1}'.trim(), true, '{"a": 1}'],
    ['an object without members, empty', '{}', { a: true }, '{}'],
    ['the first member', '{"a":1,"b":2,"c":3}', { a: true }, '{"a":1}'],
    ['the last member', '{"a":1,"b":2,"c":3}', { c: true }, '{"c":3}'],
    ['the outer members', '{"a":1,"b":2,"c":3}', { a: true, c: true }, '{"a":1,"c":3}'],
    ['an array whole', '{"a":[{"b":1,"c":2}]}', { a: { b: true } }, '{"a":[{"b":1,"c":2}]}'],
    ['a text whole', '{"a":"{\\"b\\":1}"}', { a: { c: true } }, '{"a":"{\\"b\\":1}"}'],
    ['null', '{"a":null,"b":1}', { a: { c: true } }, '{"a":null}'],
    ['that an object is there', '{"a":{"b":1},"c":2}', { a: {} }, '{"a":{}}'],
    ['a key with an escape: it may be any', '{"\\u0061":1,"b":2}', { a: {} }, '{"\\u0061":1}'],
    ['an escaped key whole', '{"\\u0061":{"x":1},"b":2}', { a: {} }, '{"\\u0061":{"x":1}}'],
    ['the key __proto__ only if it is read', '{"__proto__":{"a":1},"a":2}', { a: true }, '{"a":2}'],
    ['no member of the same name elsewhere', '{"b":{"a":1}}', { a: true }, '{}'],
    [
      'members of the same name in each',
      '{"a":{"a":1,"b":2}}',
      { a: { a: true } },
      '{"a":{"a":1}}',
    ],
  ] as const) {
    it(`keeps ${what}`, () => {
      assert.equal(prune(request, reads), wanted);
    });
  }

  it('keeps deep members with those that are read', () => {
    const deep = '{"a":{"b":{"c":{"d":{"e":1,"f":2},"g":3}}}}';

    assert.equal(
      prune(deep, { a: { b: { c: { d: { e: true } } } } }),
      '{"a":{"b":{"c":{"d":{"e":1,"f":2}}}}}',
    );
  });

  it('keeps of any request what pruning its value keeps', () => {
    const keys = fc.constantFrom('a', 'b', 'c', 'metadata', 'é', '');
    const { reads } = fc.letrec<{ reads: ValueReads }>((tie) => ({
      reads: fc.oneof(
        { maxDepth: 3 },
        fc.constant<ValueReads>(true),
        fc.dictionary(keys, tie('reads'), { noNullPrototype: true }),
      ),
    }));
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, true, 0, '', '}', '"', '\\', '{"a":1}', [], [{ a: 1 }, ','], {}),
        fc.dictionary(keys, tie('value'), { noNullPrototype: true }),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
    }));
    const request = fc.dictionary(keys, value, { noNullPrototype: true });
    const space = fc.constantFrom('', ' ', '\n\t');
    const property = fc.property(request, reads, space, (given, read, indent) => {
      const left: unknown = JSON.parse(prune(JSON.stringify(given, undefined, indent), read));
      // Members that are too deep for the outline are left beside those that are read.
      assert.deepEqual(cutDeep(left), cutDeep(pruneValue(given, read)));
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});

/** Without the members of what is in the fourth object. */
function cutDeep(value: unknown, depth = 4): unknown {
  if (!isRecord(value)) return value;
  if (depth === 0) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, cutDeep(member, depth - 1)]),
  );
}
