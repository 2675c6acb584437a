import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refutesVerified } from '../../../src/image/refutes-verified.ts';

const POD = { namespace: 'shop', pullSecrets: [], serviceAccount: 'default' };

for (const [what, answer, scope, expected] of [
  ['what is verified', { status: 'verified' }, POD, false],
  ['that nobody can tell', { status: 'unavailable' }, POD, false],
  ['a missing signature', { status: 'rejected', code: 'unsigned' }, POD, true],
  [
    "a refusal of a Pod's credentials",
    { status: 'rejected', code: 'image_access_denied' },
    POD,
    false,
  ],
  [
    "what a Pod's credentials do not find",
    { status: 'rejected', code: 'image_absent' },
    POD,
    false,
  ],
  [
    'a refusal of the credentials of all',
    { status: 'rejected', code: 'image_access_denied' },
    undefined,
    true,
  ],
  ['a rejection without a code', { status: 'rejected' }, POD, true],
] as const) {
  test(`${what} ${expected ? 'refutes' : 'does not refute'} what was verified`, () => {
    assert.equal(refutesVerified(answer, scope), expected);
  });
}
