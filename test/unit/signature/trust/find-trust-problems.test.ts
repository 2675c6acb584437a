import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findTrustProblems } from '../../../../src/signature/trust/find-trust-problems.ts';
import { commitsSchema } from '../../../../src/signature/trust/settings.ts';

const alice = { scheme: 'ssh', principal: 'alice@example.com' };
const rule = { name: 'platform', repositories: ['https://git.example.com/**'], signers: [alice] };
const sound = { rules: [rule], allowedSignersFile: 'allowed_signers' };

function pathsOf(settings: object): readonly string[] {
  return findTrustProblems(commitsSchema.parse(settings)).map(({ path }) => path.join('.'));
}

describe('rules that can match nobody', () => {
  it('a sound section has no problem', () => {
    assert.deepEqual(pathsOf(sound), []);
    assert.deepEqual(pathsOf({}), []);
  });

  it('a keyring that is not there', () => {
    const signers = [{ scheme: 'openpgp', keyring: 'absent' }];
    const keyrings = [{ name: 'platform', file: 'platform.asc' }];
    assert.deepEqual(pathsOf({ rules: [{ ...rule, signers }], keyrings }), [
      'rules.0.signers.0.keyring',
    ]);
  });

  it('a scheme without keys', () => {
    const signers = [
      { scheme: 'openpgp', fingerprint: 'A'.repeat(40) },
      alice,
      { scheme: 'gitsign', issuer: 'https://accounts.example.com', subject: 'alice@example.com' },
      { scheme: 'x509', email: 'alice@example.com' },
    ];
    assert.deepEqual(pathsOf({ rules: [{ ...rule, signers }] }), [
      'rules.0.signers.0',
      'rules.0.signers.1',
      'rules.0.signers.2',
      'rules.0.signers.3',
    ]);
  });

  it('merges by a forge without its keys', () => {
    const forge = { ...rule, mergeCommits: 'forge', range: 'since-verified' };
    assert.deepEqual(pathsOf({ ...sound, rules: [forge] }), ['rules.0.mergeCommits']);
  });

  it('more signers than the rule can have; a pattern or a keyring can be many', () => {
    const two = { ...rule, signersMin: 2, range: 'since-verified' };
    assert.deepEqual(pathsOf({ ...sound, rules: [two] }), ['rules.0.signersMin']);
    for (const many of [
      { scheme: 'ssh', principal: '*@example.com' },
      { scheme: 'openpgp', keyring: 'platform' },
      { scheme: 'gitsign', issuer: 'https://accounts.example.com', subject: '*@example.com' },
      { scheme: 'x509', email: '*@example.com' },
    ]) {
      const settings = {
        ...sound,
        rules: [{ ...two, signers: [many] }],
        keyrings: [{ name: 'platform', file: 'platform.asc' }],
        trustedRootFile: 'trusted_root.json',
        caBundleFile: 'ca.pem',
      };
      assert.deepEqual(pathsOf(settings), []);
    }
  });

  it('a rule that an earlier one hides; a wider one after a narrower is fine', () => {
    const narrow = { ...rule, name: 'narrow', repositories: ['https://git.example.com/shop'] };
    assert.deepEqual(pathsOf({ ...sound, rules: [rule, narrow] }), ['rules.1']);
    assert.deepEqual(pathsOf({ ...sound, rules: [narrow, rule] }), []);
    const segment = { ...rule, name: 'segment', repositories: ['https://git.example.com/*'] };
    assert.deepEqual(pathsOf({ ...sound, rules: [segment, rule] }), []);
    // Within a segment, two asterisks reach further than one, too.
    const further = { ...rule, name: 'further', repositories: ['https://git.example.com/a**'] };
    assert.deepEqual(pathsOf({ ...sound, rules: [segment, further] }), []);
  });

  it('a name that is used twice', () => {
    const keyring = { name: 'platform', file: 'a.asc' };
    assert.deepEqual(pathsOf({ ...sound, keyrings: [keyring], forgeKeyrings: [keyring] }), [
      'keyrings.1.name',
    ]);
  });
});
