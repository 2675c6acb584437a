import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  describeShown,
  matchShown,
  shownSchema,
} from '../../../../src/identity/grants/match-shown.ts';
import { sampleGrant } from '../../../support/grants.ts';

const grant = sampleGrant();

describe('matchShown()', () => {
  it('accepts what the object of a grant shows, and one that shows nothing', () => {
    assert.equal(matchShown(describeShown(grant), grant), true);
    assert.equal(matchShown(shownSchema.parse({}), grant), true);
    assert.equal(
      matchShown({ ...describeShown(grant), expires: '2026-01-01T01:00:00.000Z' }, grant),
      true,
    );
  });

  for (const shown of [
    { subject: 'bob' },
    { expires: '2026-01-01T00:30:00Z' },
    { expires: 'soon' },
    { expires: Date.parse(grant.expires) },
    { uses: 1 },
    { uses: '3' },
    { subject: ['alice'] },
  ]) {
    it(`refuses an object that shows ${JSON.stringify(shown)}`, () => {
      assert.equal(matchShown({ ...describeShown(grant), ...shown }, grant), false);
    });
  }
});
