import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatListQuery } from '../../../../src/dashboard/records/format-list-query.ts';

test('formatListQuery() encodes what could end a value', () => {
  assert.equal(formatListQuery({ filters: { user: 'a&b=c#d?e' } }), '?user=a%26b%3Dc%23d%3Fe');
  assert.equal(formatListQuery({ filters: {} }), '');
});
