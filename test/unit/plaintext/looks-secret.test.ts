import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { looksSecret } from '../../../src/plaintext/looks-secret.ts';
import { drawPassword, drawText } from '../../support/sample-credentials.ts';

describe('looksSecret()', () => {
  it('is true for what was drawn at random, in every alphabet', () => {
    for (let round = 0; round < 50; round += 1) {
      assert.ok(looksSecret(drawPassword()));
      assert.ok(looksSecret(` ${drawPassword(512)} `));
      assert.ok(looksSecret(`a1${drawText(62, '0123456789abcdef')}`));
      assert.ok(looksSecret(drawText(40, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')));
    }
  });

  for (const value of ['S3cr3tP4ssw0rd', 'Tr0ub4dor&3xy', 'aBcDeFgHiJkLmN', 'p@ssw0rd!2024']) {
    it(`is true for ${value}`, () => {
      assert.equal(looksSecret(value), true);
    });
  }

  for (const [what, value] of [
    ['what is short', 'a1b2c3d'],
    ['what is long', drawPassword(513)],
    ['several words', 'a1b2c3d4 e5f6g7h8'],
    ['a name', 'db-credentials-v2'],
    ['a name in camel case', 'MySecretOfTheShop12'],
    ['a domain', 'secrets.shop.example.com:8443'],
    ['what repeats', 'a1a1a1a1a1a1a1a1'],
  ] as const) {
    it(`is false for ${what}`, () => {
      assert.equal(looksSecret(value), false);
    });
  }
});
