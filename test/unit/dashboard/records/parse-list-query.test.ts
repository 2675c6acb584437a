import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatListQuery } from '../../../../src/dashboard/records/format-list-query.ts';
import {
  parseEntryFilter,
  parseListQuery,
  parseSequence,
} from '../../../../src/dashboard/records/parse-list-query.ts';

function parse(text: string) {
  return parseListQuery(new URLSearchParams(text));
}

test('parseListQuery() reads the filters, and formatListQuery() writes them back', () => {
  const text = '?decision=denied&namespace=shop&user=system%3Aadmin&policy=p&code=c&before=51';
  const query = parse(text);

  assert.deepEqual(query, {
    filters: {
      decision: 'denied',
      namespace: 'shop',
      user: 'system:admin',
      policy: 'p',
      code: 'c',
    },
    before: 51,
  });
  assert.equal(formatListQuery(query), text);
  assert.deepEqual(parseEntryFilter(query.filters), {
    decision: 'denied',
    namespace: 'shop',
    username: 'system:admin',
    policy: 'p',
    code: 'c',
  });
});

test('parseListQuery() leaves out what is empty, unknown, too long or no number', () => {
  for (const text of [
    '',
    'user=',
    'user=%20',
    'decision=maybe',
    `user=${'a'.repeat(1025)}`,
    'x=y',
    'before=-1',
    'before=1e3',
    `before=${'9'.repeat(16)}`,
  ]) {
    const query = parse(text);
    assert.deepEqual(query, { filters: {}, before: undefined }, text);
    assert.equal(formatListQuery(query), '');
  }
});

test('parseSequence() reads a place in the journal', () => {
  assert.deepEqual(['1', '9007', '0', 'a', '', undefined, null].map(parseSequence), [
    1,
    9007,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
