import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseGrant } from '../../../../src/identity/grants/parse-grant.ts';
import { sampleGrant } from '../../../support/grants.ts';

describe('parseGrant()', () => {
  it('reads a whole grant', () => {
    assert.deepEqual(parseGrant(JSON.stringify(sampleGrant())), { ok: true, grant: sampleGrant() });
  });

  it('refuses what is not JSON', () => {
    assert.deepEqual(parseGrant('{'), { ok: false, reason: 'it is not JSON' });
  });

  it('refuses a text that says one thing twice', () => {
    const text = JSON.stringify(sampleGrant()).replace('{', '{"uses":99,');

    assert.deepEqual(parseGrant(text), { ok: false, reason: 'it is not JSON' });
  });

  it('names what is malformed', () => {
    const { reason: _, ...nameless } = sampleGrant();

    assert.deepEqual(parseGrant(JSON.stringify(nameless)), {
      ok: false,
      reason: 'it is malformed in "reason" (Invalid input: expected string, received undefined)',
    });
  });

  const mangled: readonly (readonly [string, object])[] = [
    ['an unknown key', { admin: true }],
    ['no uses', { uses: 0 }],
    ['half a use', { uses: 0.5 }],
    ['an empty scope', { scope: {} }],
    ['an unknown verb', { scope: { ...sampleGrant().scope, verbs: ['PATCH'] } }],
    ['a date without a time', { expires: '2026-01-01' }],
    ['a local time', { expires: '2026-01-01T00:00:00' }],
    ['an id that is none', { id: '../../etc' }],
  ];
  for (const [what, overrides] of mangled) {
    it(`refuses a grant with ${what}`, () => {
      assert.equal(parseGrant(JSON.stringify({ ...sampleGrant(), ...overrides })).ok, false);
    });
  }

  it('is total', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        assert.equal(typeof parseGrant(text).ok, 'boolean');
      }),
    );
  });
});
