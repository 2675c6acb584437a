import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseFilter } from '../../../../../src/authoring/gatekeeper/suite/match-filter.ts';

it('parseFilter() matches everything where it is empty', () => {
  const filter = parseFilter('');

  assert.ok(typeof filter !== 'string');
  const test = {
    name: 'a',
    template: '',
    constraint: '',
    expansion: '',
    invalid: false,
    skip: false,
  };
  assert.equal(filter.matchesTest(test), true);
  assert.equal(filter.matchesCase('a', 'b'), true);
  const other = parseFilter('b');
  assert.ok(typeof other !== 'string');
  assert.equal(other.matchesTest(test), false);
});

it('parseFilter() takes two parts for a test and a case of it', () => {
  const filter = parseFilter('^a$//^b');

  assert.ok(typeof filter !== 'string');
  assert.equal(filter.matchesCase('a', 'bc'), true);
  assert.equal(filter.matchesCase('a', 'c'), false);
  assert.equal(filter.matchesCase('aa', 'b'), false);
  assert.equal(parseFilter('a//b//c'), 'a filter has at most one "//"');
});
