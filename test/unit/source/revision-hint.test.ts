import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimsApplied, type RevisionHint } from '../../../src/source/revision-hint.ts';

const claimedObjectId = '1'.repeat(40);

const CLAIMS: Readonly<Record<RevisionHint['claimedBy'], boolean>> = {
  'running-operation': false,
  'last-operation': true,
  'unfinished-operation': false,
  comparison: false,
  hydrator: false,
  artifact: false,
  'last-attempt': false,
  'last-apply': true,
  origin: false,
};

for (const [claimedBy, expected] of Object.entries(CLAIMS)) {
  test(`claimsApplied() is ${expected} for ${claimedBy}`, () => {
    const hint = { claimedObjectId, claimedBy } as RevisionHint;
    assert.equal(claimsApplied(hint), expected);
  });
}

test('claimsApplied() is true for an attempt whose revision was applied, too', () => {
  assert.equal(
    claimsApplied({ claimedObjectId, claimedBy: 'last-attempt', isApplied: true }),
    true,
  );
});
