import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diffValues, type ComparedValues } from '../../../../src/drift/terraform/diff-values.ts';
import { TERRAFORM_LIMITS } from '../../../../src/drift/terraform/settings.ts';
import { parseStrictJson } from '../../../../src/base/strict-json.ts';
import { drawPassword, drawText } from '../../../support/sample-credentials.ts';

function diff(before: unknown, after: unknown, rest: Partial<ComparedValues> = {}) {
  const none = { beforeSensitive: false, afterSensitive: false, afterUnknown: false };
  return diffValues({ before, after, ...none, ...rest });
}

const plain = { isSensitive: false, isUnknown: false };

describe('diffValues()', () => {
  it('tells each attribute that differs, at its place', () => {
    assert.deepEqual(
      diff(
        { id: 'a', tags: { Name: 'shop', Team: 'x' }, ports: [80, 443], size: null },
        { id: 'a', tags: { Name: 'bank' }, ports: [80, 8443, 9000], size: 3 },
      ),
      {
        attributes: [
          { path: 'tags.Name', before: '"shop"', after: '"bank"', ...plain },
          { path: 'tags.Team', before: '"x"', ...plain },
          { path: 'ports[1]', before: '443', after: '8443', ...plain },
          { path: 'ports[2]', after: '9000', ...plain },
          { path: 'size', after: '3', ...plain },
        ],
        isTruncated: false,
      },
    );
  });

  it('tells what comes, goes or becomes of another kind as a whole', () => {
    assert.deepEqual(diff(null, { a: 1 }).attributes, [{ path: '', after: '{"a":1}', ...plain }]);
    assert.deepEqual(diff({ a: 1 }, null).attributes, [{ path: '', before: '{"a":1}', ...plain }]);
    assert.deepEqual(diff({ a: [1] }, { a: { b: 1 } }).attributes, [
      { path: 'a', before: '[1]', after: '{"b":1}', ...plain },
    ]);
  });

  it('tells nothing of equal values', () => {
    assert.deepEqual(diff({ a: [1, { b: null }] }, { a: [1, { b: null }] }), {
      attributes: [],
      isTruncated: false,
    });
    assert.deepEqual(diff(undefined, null).attributes, []);
  });

  for (const [what, masks] of [
    ['before', { beforeSensitive: { password: true } }],
    ['after', { afterSensitive: { password: true } }],
    ['above', { afterSensitive: true }],
  ] as const) {
    it(`tells no value of what is sensitive ${what}`, () => {
      const found = diff({ password: 'old word' }, { password: 'new word' }, masks);
      const path = what === 'above' ? '' : 'password';
      assert.deepEqual(found.attributes, [{ path, isSensitive: true, isUnknown: false }]);
    });
  }

  it('tells no value of a whole that has something sensitive in it', () => {
    const afterSensitive = { users: [{ password: true }] };
    const found = diff(null, { users: [{ password: 'word' }] }, { afterSensitive });
    assert.deepEqual(found.attributes, [{ path: '', isSensitive: true, isUnknown: false }]);
    const masks = { beforeSensitive: { users: [{}] }, afterSensitive: { users: [{}] } };
    assert.equal(
      diff({ users: [{ a: 1 }] }, { users: [] }, masks).attributes[0]?.isSensitive,
      false,
    );
  });

  it('tells no value that looks like a credential, and was not marked', () => {
    const values = [
      [{ user_data: 'a' }, { user_data: `export TOKEN=${drawPassword()}` }],
      [{ token: 'a' }, { token: drawPassword() }],
      [{ keys: { a: 1 } }, { keys: [`ghp_${drawText(36)}`] }],
      [{ list: ['a'] }, { list: [`ghp_${drawText(36)}`] }],
    ] as const;
    for (const [before, after] of values) {
      const found = diff(before, after).attributes.concat(diff(after, before).attributes);
      assert.deepEqual(
        found.map(({ isSensitive, before: from, after: to }) => [isSensitive, from, to]),
        [
          [true, undefined, undefined],
          [true, undefined, undefined],
        ],
      );
    }
  });

  it('tells what is known only after it was applied', () => {
    const unknown = { isSensitive: false, isUnknown: true };
    assert.deepEqual(
      diff({ arn: 'a', id: '1' }, { arn: 'a' }, { afterUnknown: { id: true, url: true } })
        .attributes,
      [
        { path: 'id', before: '"1"', ...unknown },
        { path: 'url', ...unknown },
      ],
    );
    assert.deepEqual(diff({ a: 1 }, undefined, { afterUnknown: true }).attributes, [
      { path: '', before: '{"a":1}', ...unknown },
    ]);
  });

  it('compares numbers that no float holds', () => {
    const read = (text: string): unknown => {
      const parsed = parseStrictJson(Buffer.from(text), { depthMax: 9 });
      return parsed.ok ? parsed.value : undefined;
    };
    assert.deepEqual(
      diff(read('{"id":12345678901234567890}'), read('{"id":12345678901234567891}')).attributes,
      [{ path: 'id', before: '12345678901234567890', after: '12345678901234567891', ...plain }],
    );
  });

  it('cuts a long value', () => {
    const max = TERRAFORM_LIMITS['drift.terraform.textCharsMax'].default;
    const [found] = diff({ a: 'x' }, { a: 'y '.repeat(max) }).attributes;
    assert.equal(found?.after, `"${'y '.repeat(max).slice(0, max - 1)}…`);
  });

  it('tells no more attributes than its limit, and says so', () => {
    const max = TERRAFORM_LIMITS['drift.terraform.pathsMax'].default;
    const list = (count: number, value: number): readonly number[] =>
      Array.from({ length: count }, () => value);
    assert.deepEqual(diff(list(max, 0), list(max, 1)).attributes.length, max);
    assert.deepEqual(diff(list(max, 0), list(max, 1)).isTruncated, false);
    assert.deepEqual(diff(list(max * 9, 0), list(max * 9, 1)).attributes.length, max);
    assert.deepEqual(diff(list(max * 9, 0), list(max * 9, 1)).isTruncated, true);
  });

  it('tells what is deeper than its limit as a whole', () => {
    const max = TERRAFORM_LIMITS['drift.terraform.depthMax'].default;
    const nest = (value: number): unknown =>
      Array.from({ length: max + 3 }).reduce<unknown>((inner) => ({ a: inner }), value);
    const [found] = diff(nest(1), nest(2)).attributes;
    assert.equal(found?.path, Array.from({ length: max }, () => 'a').join('.'));
    assert.equal(found?.after, '{"a":{"a":{"a":2}}}');
  });
});
