import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findExcess, formatExcess } from '../../../../src/identity/grants/find-excess.ts';
import { sampleGrant } from '../../../support/grants.ts';

const limits = { lifetimeMaxMs: 3_600_000, usesMax: 3 };

describe('findExcess()', () => {
  it('finds nothing in a grant that is as long and as often as allowed', () => {
    assert.deepEqual(findExcess(sampleGrant(), limits), []);
  });

  it('finds a second and a use too many, each with its option and key', () => {
    const grant = sampleGrant({ expires: '2026-01-01T01:00:01Z', uses: 4 });

    const excesses = findExcess(grant, limits);

    assert.deepEqual(excesses, [
      { option: 'minutes', key: 'breakGlass.limits.lifetimeMaxMs', max: 60, found: 61 },
      { option: 'uses', key: 'breakGlass.limits.usesMax', max: 3, found: 4 },
    ]);
    assert.deepEqual(excesses.map(formatExcess), [
      'it is good for 61 minutes, and 60 are allowed',
      'it has 4 uses, and 3 are allowed',
    ]);
  });
});
