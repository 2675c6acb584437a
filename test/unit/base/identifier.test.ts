import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createIdentifierGenerator } from '../../../src/base/identifier.ts';

describe('createIdentifierGenerator()', () => {
  it('returns 26 characters of Crockford base 32', () => {
    const next = createIdentifierGenerator();

    assert.match(next(1_790_000_000_000), /^[0-9A-HJKMNP-TV-Z]{26}$/u);
  });

  it('starts with the time, so that identifiers sort by it', () => {
    const next = createIdentifierGenerator();

    assert.equal(next(1).slice(0, 10), '0000000001');
    assert.equal(next(1_469_918_176_385.7).slice(0, 10), '01ARYZ6S41');
  });

  it('never repeats and always increases within one millisecond', () => {
    const next = createIdentifierGenerator();
    const identifiers = Array.from({ length: 5000 }, () => next(1_790_000_000_000));

    assert.equal(new Set(identifiers).size, 5000);
    assert.deepEqual(identifiers, identifiers.toSorted());
  });
});
