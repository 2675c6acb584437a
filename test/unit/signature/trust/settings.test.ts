import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commitsSchema } from '../../../../src/signature/trust/settings.ts';

const rule = {
  name: 'platform',
  repositories: ['https://git.example.com/**'],
  signers: [{ scheme: 'ssh', principal: 'alice@example.com' }],
};

function accepts(changed: object): boolean {
  return commitsSchema.safeParse({ rules: [{ ...rule, ...changed }] }).success;
}

function acceptsSigner(signer: object): boolean {
  return accepts({ signers: [signer] });
}

describe('the section about commits', () => {
  it('without rules, nothing is required', () => {
    const { requireCommit, rules } = commitsSchema.parse({});
    assert.deepEqual({ requireCommit, rules }, { requireCommit: false, rules: [] });
  });

  it('a rule that accepts anybody is refused', () => {
    const issuer = 'https://accounts.example.com';
    for (const subject of [
      '*',
      '**',
      '*@*',
      '*@example.*',
      '**@example.com',
      'https://*/acme/shop',
      '**/shop',
      'https://forge.example.com/*',
      'https://forge.example.com/a*',
    ]) {
      assert.equal(acceptsSigner({ scheme: 'gitsign', issuer, subject }), false, subject);
    }
    for (const subject of [
      'alice@example.com',
      '*@example.com',
      'https://forge.example.com/acme/**',
    ]) {
      assert.equal(acceptsSigner({ scheme: 'gitsign', issuer, subject }), true, subject);
    }
    assert.equal(acceptsSigner({ scheme: 'x509', email: '*@*' }), false);
    assert.equal(acceptsSigner({ scheme: 'x509', email: '**@example.com' }), false);
    assert.equal(acceptsSigner({ scheme: 'x509', email: '*@example.com' }), true);
  });

  it('an issuer is an exact https URL', () => {
    const subject = 'alice@example.com';
    assert.equal(
      acceptsSigner({ scheme: 'gitsign', issuer: 'accounts.example.com', subject }),
      false,
    );
    assert.equal(
      acceptsSigner({ scheme: 'gitsign', issuer: 'http://accounts.example.com', subject }),
      false,
    );
  });

  it('a key is named by its full fingerprint', () => {
    assert.equal(acceptsSigner({ scheme: 'openpgp', fingerprint: 'A'.repeat(16) }), false);
    assert.equal(acceptsSigner({ scheme: 'openpgp', fingerprint: 'a'.repeat(40) }), false);
    assert.equal(acceptsSigner({ scheme: 'openpgp', fingerprint: 'A'.repeat(40) }), true);
    assert.equal(acceptsSigner({ scheme: 'openpgp', fingerprint: 'A'.repeat(64) }), true);
    assert.equal(acceptsSigner({ scheme: 'ssh', fingerprint: 'MD5:00' }), false);
    assert.equal(acceptsSigner({ scheme: 'ssh', fingerprint: `SHA256:${'a'.repeat(43)}` }), true);
  });

  it('an entry names one thing', () => {
    const fingerprint = 'A'.repeat(40);
    assert.equal(acceptsSigner({ scheme: 'openpgp' }), false);
    assert.equal(acceptsSigner({ scheme: 'openpgp', fingerprint, keyring: 'platform' }), false);
    assert.equal(acceptsSigner({ scheme: 'ssh' }), false);
    assert.equal(acceptsSigner({ scheme: 'x509' }), false);
  });

  it('a reviewer, and merges by the forge, need every commit of the range', () => {
    assert.equal(accepts({ signersMin: 2 }), false);
    assert.equal(accepts({ signersMin: 2, range: 'since-verified' }), true);
    assert.equal(accepts({ mergeCommits: 'forge' }), false);
    assert.equal(accepts({ mergeCommits: 'forge', range: 'since-verified' }), true);
    assert.equal(accepts({ mergeCommits: 'unsigned' }), false);
  });

  it('an age is optional and bounded', () => {
    assert.equal(commitsSchema.parse({ rules: [rule] }).rules[0]?.ageMaxMs, undefined);
    assert.equal(accepts({ ageMaxMs: 1 }), false);
    assert.equal(accepts({ ageMaxMs: 86_400_000 }), true);
  });
});
