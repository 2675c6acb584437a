/**
 * OpenPGP signatures case by case, beside what git says of the same commit.
 *
 * Keys and commits are made on the spot by the real gpg and git. The letter and the exit code are those of `git log
 * --format=%G?` and `git verify-commit`; where our verdict differs, that is the policy.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { importKeyring } from '../../src/signature/openpgp/import-keyring.ts';
import type { OpenpgpTrust } from '../../src/signature/openpgp/verify-openpgp-signature.ts';
import { verifyOpenpgpSignature } from '../../src/signature/openpgp/verify-openpgp-signature.ts';
import { GpgHome, type NewKey } from '../support/signatures/gpg-home.ts';
import { SignedRepository, type NewCommit } from '../support/signatures/signed-repository.ts';
import { findSignature, takeSignature } from '../support/signatures/find-signature.ts';

const secret = new GpgHome();
/** What git verifies with: public keys alone. */
const known = new GpgHome();
const repository = new SignedRepository();
const keys: string[] = [];
let oracle = '';

before(() => {
  oracle = known.program('verify');
});

after(() => {
  secret.close();
  known.close();
  repository.close();
});

/** What git says, then what we say: a rejection code or `verified`. */
interface Expected {
  readonly git: string;
  readonly verdict: string;
}

interface Row extends NewCommit {
  readonly key: string;
  /** The time of signing: `20250101T000000`. */
  readonly at?: string;
  readonly options?: readonly string[];
}

let programs = 0;

/** A commit signed by a key of `secret`. */
function sign({ key, at, options = [], ...commit }: Row): string {
  programs += 1;
  const time = at === undefined ? [] : ['--faked-system-time', `${at}!`];
  const program = secret.program(`sign-${programs}`, [...time, ...options]);
  return repository.commit({ ...commit, signWith: { program, key: `${key}!` } });
}

/** Makes a key; who verifies knows it from when `publish` is called. */
function generate(key: NewKey): string {
  return secret.generate(key);
}

/** Whoever verifies gets the key as it is now. */
function publish(fingerprint: string): void {
  const text = secret.exportKey(fingerprint);
  known.run(['--import'], { input: text });
  keys.push(text);
}

async function judge(commit: string, trust: Partial<OpenpgpTrust> = {}, email = 'ada@example.com') {
  const split = findSignature(repository.read(commit));
  if (typeof split === 'string') return split;
  const { keyring, problems } = await importKeyring(keys.join('\n'));
  assert.deepEqual(problems, []);
  const verdict = await verifyOpenpgpSignature({
    ...split,
    trust: { keyring, keyValidity: 'now', committerMatch: false, ...trust },
    committer: { name: 'Ada', email },
    nowMs: Date.now(),
  });
  return verdict.status === 'rejected' ? verdict.code : verdict.status;
}

async function assertVerdicts(commit: string, expected: Expected): Promise<void> {
  const { letter, exitCode } = repository.judge(commit, oracle);
  const verdict = await judge(commit);
  assert.deepEqual({ git: `${letter} ${exitCode}`, verdict }, expected);
}

const GOOD: Expected = { git: 'U 0', verdict: 'verified' };

/** Signs with a new key of an algorithm. */
function signWithNew(algorithm: string, options: readonly string[] = []): string {
  const key = generate({
    userId: `${algorithm} ${options.join(' ')} <ada@example.com>`,
    algorithm,
  });
  publish(key);
  return sign({ key, options });
}

for (const algorithm of ['rsa3072', 'ed25519', 'nistp256', 'nistp384', 'nistp521']) {
  test(`1: ${algorithm} is verified`, async () => {
    await assertVerdicts(signWithNew(algorithm), GOOD);
  });
}

for (const algorithm of ['brainpoolP256r1', 'brainpoolP384r1', 'brainpoolP512r1']) {
  test(`2: ${algorithm} is verified`, async () => {
    await assertVerdicts(signWithNew(algorithm), GOOD);
  });
}

test('3: secp256k1 is refused', async () => {
  await assertVerdicts(signWithNew('secp256k1'), { git: 'U 0', verdict: 'unsupported_key' });
});

test('4: DSA is refused', async () => {
  await assertVerdicts(signWithNew('dsa2048'), { git: 'U 0', verdict: 'weak_key' });
});

test('5: RSA with 1024 bits is refused', async () => {
  await assertVerdicts(signWithNew('rsa1024'), { git: 'U 0', verdict: 'weak_key' });
});

test('6: a signing subkey of a primary key that only certifies is verified', async () => {
  const primary = generate({
    userId: 'six <ada@example.com>',
    algorithm: 'ed25519',
    usage: 'cert',
  });
  secret.run(['--quick-add-key', primary, 'ed25519', 'sign', 'never']);
  publish(primary);
  const subkey = secret.fingerprints(primary)[1] ?? '';
  const commit = sign({ key: subkey });
  await assertVerdicts(commit, GOOD);
  const split = takeSignature(repository.read(commit));
  const { keyring } = await importKeyring(secret.exportKey(primary));
  const verdict = await verifyOpenpgpSignature({
    ...split,
    trust: { keyring, keyValidity: 'now', committerMatch: false },
    nowMs: Date.now(),
  });
  assert.deepEqual(verdict, {
    status: 'verified',
    signer: {
      scheme: 'openpgp',
      fingerprint: primary,
      signingKeyFingerprint: subkey,
      userIds: ['six <ada@example.com>'],
    },
  });
});

test('7: a subkey that expired after it signed', async () => {
  const at = '20240101T000000';
  const primary = generate({
    userId: 'seven <ada@example.com>',
    algorithm: 'ed25519',
    usage: 'cert',
    at,
  });
  secret.run(['--quick-add-key', primary, 'ed25519', 'sign', '2024-06-01'], { at });
  publish(primary);
  const commit = sign({ key: secret.fingerprints(primary)[1] ?? '', at: '20240201T000000' });
  await assertVerdicts(commit, { git: 'Y 1', verdict: 'key_expired' });
  assert.equal(await judge(commit, { keyValidity: 'atSigning' }), 'verified');
});

test('8: a subkey that was revoked after it signed', async () => {
  const primary = generate({
    userId: 'eight <ada@example.com>',
    algorithm: 'ed25519',
    usage: 'cert',
    at: '20240101T000000',
  });
  secret.run(['--quick-add-key', primary, 'ed25519', 'sign', 'never'], { at: '20240101T000000' });
  const commit = sign({ key: secret.fingerprints(primary)[1] ?? '', at: '20240201T000000' });
  secret.answer(['--edit-key', primary], ['key 1', 'revkey', 'y', '0', '', 'y', 'save'], {
    at: '20240301T000000',
  });
  publish(primary);
  await assertVerdicts(commit, { git: 'R 1', verdict: 'key_revoked' });
  assert.equal(await judge(commit, { keyValidity: 'atSigning' }), 'key_revoked');
});

test('9: a primary key that expired after it signed', async () => {
  const key = generate({
    userId: 'nine <ada@example.com>',
    algorithm: 'ed25519',
    expires: '2024-06-01',
    at: '20240101T000000',
  });
  publish(key);
  const commit = sign({ key, at: '20240201T000000' });
  await assertVerdicts(commit, { git: 'Y 1', verdict: 'key_expired' });
  assert.equal(await judge(commit, { keyValidity: 'atSigning' }), 'verified');
});

test('10: a primary key that expired before it signed', async () => {
  const key = generate({
    userId: 'ten <ada@example.com>',
    algorithm: 'ed25519',
    at: '20240101T000000',
  });
  const commit = sign({ key, at: '20240701T000000' });
  secret.run(['--quick-set-expire', key, '2024-06-01'], { at: '20240201T000000' });
  publish(key);
  await assertVerdicts(commit, { git: 'Y 1', verdict: 'key_expired' });
  assert.equal(await judge(commit, { keyValidity: 'atSigning' }), 'key_expired');
});

for (const [reason, meaning] of [
  [0, 'for no reason'],
  [1, 'as compromised'],
] as const) {
  test(`11: a key that was revoked ${meaning} after it signed`, async () => {
    const key = generate({
      userId: `eleven ${reason} <ada@example.com>`,
      algorithm: 'ed25519',
      at: '20240101T000000',
    });
    const commit = sign({ key, at: '20240201T000000' });
    secret.revokeKey(key, reason, { at: '20240301T000000' });
    publish(key);
    await assertVerdicts(commit, { git: 'R 1', verdict: 'key_revoked' });
    assert.equal(await judge(commit, { keyValidity: 'atSigning' }), 'key_revoked');
  });
}

for (const [reason, meaning] of [
  [2, 'superseded'],
  [3, 'retired'],
] as const) {
  test(`12: a key that was ${meaning} after it signed`, async () => {
    const key = generate({
      userId: `twelve ${reason} <ada@example.com>`,
      algorithm: 'ed25519',
      at: '20240101T000000',
    });
    const earlier = sign({ key, at: '20240201T000000' });
    const afterwards = sign({ key, at: '20240401T000000' });
    secret.revokeKey(key, reason, { at: '20240301T000000' });
    publish(key);
    await assertVerdicts(earlier, { git: 'R 1', verdict: 'key_revoked' });
    assert.equal(await judge(earlier, { keyValidity: 'atSigning' }), 'verified');
    assert.equal(await judge(afterwards, { keyValidity: 'atSigning' }), 'key_revoked');
  });
}

test('13: a key that nobody knows', async () => {
  const key = generate({ userId: 'thirteen <ada@example.com>', algorithm: 'ed25519' });
  await assertVerdicts(sign({ key }), { git: 'E 1', verdict: 'unknown_key' });
});

test('14: a committer whose address is not that of the key', async () => {
  const key = generate({ userId: 'fourteen <ada@example.com>', algorithm: 'ed25519' });
  publish(key);
  const commit = sign({ key, email: 'mallory@example.com' });
  await assertVerdicts(commit, GOOD);
  assert.equal(
    await judge(commit, { committerMatch: true }, 'mallory@example.com'),
    'identity_not_accepted',
  );
  assert.equal(await judge(commit, { committerMatch: true }), 'verified');
});

test('15: SHA-1 by RSA is refused', async () => {
  const commit = signWithNew('rsa2048', ['--digest-algo', 'SHA1']);
  await assertVerdicts(commit, { git: 'U 0', verdict: 'weak_hash' });
});

test('16: SHA-1 by EdDSA is refused', async () => {
  const commit = signWithNew('ed25519', ['--digest-algo', 'SHA1']);
  await assertVerdicts(commit, { git: 'U 0', verdict: 'weak_hash' });
});

test('17: RIPEMD-160 is refused', async () => {
  const commit = signWithNew('rsa2048', ['--digest-algo', 'RIPEMD160']);
  await assertVerdicts(commit, { git: 'U 0', verdict: 'weak_hash' });
});

test('18: SHA-512 is verified', async () => {
  await assertVerdicts(signWithNew('rsa2048', ['--digest-algo', 'SHA512']), GOOD);
});

test('19: a signature that has expired', async () => {
  const key = generate({
    userId: 'nineteen <ada@example.com>',
    algorithm: 'ed25519',
    at: '20240101T000000',
  });
  publish(key);
  const commit = sign({
    key,
    at: '20240201T000000',
    options: ['--default-sig-expire', '2024-03-01'],
  });
  await assertVerdicts(commit, { git: 'X 1', verdict: 'signature_expired' });
});

test('20: a signature dated 2040', async () => {
  const key = generate({ userId: 'twenty <ada@example.com>', algorithm: 'ed25519' });
  publish(key);
  const commit = sign({ key, at: '20400101T000000' });
  await assertVerdicts(commit, { git: 'U 0', verdict: 'future_signature' });
});

test('21: a signature older than its key', async () => {
  const key = generate({
    userId: 'twenty-one <ada@example.com>',
    algorithm: 'ed25519',
    at: '20240601T000000',
  });
  publish(key);
  const commit = sign({
    key,
    at: '20240101T000000',
    options: ['--ignore-time-conflict', '--ignore-valid-from'],
  });
  await assertVerdicts(commit, { git: 'E 1', verdict: 'key_not_valid' });
});

test('22: a signature in text mode is verified', async () => {
  await assertVerdicts(signWithNew('ed25519', ['--textmode']), GOOD);
});

test('23: a message that was changed', async () => {
  const commit = repository.read(signWithNew('ed25519')).toString('latin1');
  const changed = repository.write(Buffer.from(commit.replace('Change', 'Chance'), 'latin1'));
  await assertVerdicts(changed, { git: 'B 1', verdict: 'bad_signature' });
});

test('24: NUL and bytes appended', async () => {
  const commit = repository.read(signWithNew('ed25519', ['--no-comments']));
  const changed = repository.write(Buffer.concat([commit, Buffer.from('\0and more\n')]));
  await assertVerdicts(changed, { git: 'B 1', verdict: 'bad_signature' });
});

test('25: the same signature header twice', async () => {
  const commit = repository.read(signWithNew('ed25519', ['--no-emit-version'])).toString('latin1');
  const header = /^gpgsig .*\n(?: .*\n)*/mu.exec(commit)?.[0] ?? '';
  const changed = repository.write(Buffer.from(commit.replace(header, header + header), 'latin1'));
  await assertVerdicts(changed, { git: 'E 1', verdict: 'multiple_signatures' });
});

test('26: the signature header of another hash algorithm does not count', async () => {
  const commit = repository.read(signWithNew('nistp256', ['--no-comments'])).toString('latin1');
  const changed = repository.write(
    Buffer.from(commit.replace('gpgsig ', 'gpgsig-sha256 '), 'latin1'),
  );
  await assertVerdicts(changed, { git: 'N 1', verdict: 'unsigned' });
});

test('27: no signature', async () => {
  await assertVerdicts(repository.commit({}), { git: 'N 1', verdict: 'unsigned' });
});

/** A branch with one commit beside the present one. */
function branchOff(name: string): void {
  repository.git(['checkout', '--quiet', '-b', name]);
  repository.commit({ message: `on ${name}` });
  repository.git(['checkout', '--quiet', 'main']);
  repository.commit({ message: `beside ${name}` });
}

function merge(name: string, options: readonly string[], argv: readonly string[]): string {
  repository.git([...options, 'merge', '--quiet', '--no-edit', '--no-ff', ...argv, name]);
  return repository.git(['rev-parse', 'HEAD']).toString().trim();
}

test('28 to 30: merges', async () => {
  const key = generate({ userId: 'merge <ada@example.com>', algorithm: 'ed25519' });
  publish(key);
  const options = ['-c', `gpg.program=${secret.program('merge')}`, '-c', `user.signingKey=${key}`];
  branchOff('feature');
  await assertVerdicts(merge('feature', options, ['-S']), GOOD);
  branchOff('tagged');
  repository.git([...options, 'tag', '-s', '-m', 'Release', 'v1', 'tagged']);
  await assertVerdicts(merge('v1', options, ['-S']), GOOD);
  branchOff('tagged-again');
  repository.git([...options, 'tag', '-s', '-m', 'Release', 'v2', 'tagged-again']);
  const unsigned = merge('v2', options, ['--no-gpg-sign']);
  assert.match(repository.read(unsigned).toString(), /^mergetag object/mu);
  await assertVerdicts(unsigned, { git: 'N 1', verdict: 'unsigned' });
});

test('31: other encodings, CRLF, trailing spaces and no message are verified', async () => {
  const key = generate({ userId: 'bytes <ada@example.com>', algorithm: 'ed25519' });
  publish(key);
  const latin1 = Buffer.from('Gr\u00fc\u00dfe\n', 'latin1');
  const configuration = ['i18n.commitEncoding=ISO-8859-1'];
  await assertVerdicts(sign({ key, message: latin1, configuration }), GOOD);
  await assertVerdicts(sign({ key, message: 'One\r\n\r\nTwo\r\n' }), GOOD);
  await assertVerdicts(sign({ key, message: 'One  \nTwo\t \n\n\n' }), GOOD);
  await assertVerdicts(sign({ key, message: '' }), GOOD);
});

test('32: a signed tag is verified', async () => {
  const key = generate({ userId: 'tag <ada@example.com>', algorithm: 'ed25519' });
  publish(key);
  const options = ['-c', `gpg.program=${secret.program('tag')}`, '-c', `user.signingKey=${key}`];
  repository.git([...options, 'tag', '-s', '-m', 'Release', 'signed']);
  assert.equal(repository.judgeTag('signed', oracle), 0);
  const split = takeSignature(repository.read('signed', 'tag'), 'tag');
  const { keyring } = await importKeyring(secret.exportKey(key));
  const trust = { keyring, keyValidity: 'now', committerMatch: false } as const;
  const verdict = await verifyOpenpgpSignature({ ...split, trust, nowMs: Date.now() });
  assert.equal(verdict.status, 'verified');
});

test('33: a user ID that was revoked is not compared with the committer', async () => {
  const key = generate({
    userId: 'Ada <ada@old.example.com>',
    algorithm: 'ed25519',
    at: '20240101T000000',
  });
  secret.run(['--quick-add-uid', key, 'Ada <ada@new.example.com>'], { at: '20240102T000000' });
  secret.run(['--quick-revoke-uid', key, 'Ada <ada@old.example.com>'], { at: '20240103T000000' });
  publish(key);
  const commit = sign({ key });
  await assertVerdicts(commit, GOOD);
  const trust = { committerMatch: true };
  assert.equal(await judge(commit, trust, 'ada@old.example.com'), 'identity_not_accepted');
  assert.equal(await judge(commit, trust, 'ada@new.example.com'), 'verified');
});

test('34: the key of a forge counts only where forges are trusted', async () => {
  const forge = generate({ userId: 'Forge <noreply@forge.example.com>', algorithm: 'rsa2048' });
  known.run(['--import'], { input: secret.exportKey(forge) });
  const commit = sign({ key: forge });
  await assertVerdicts(commit, { git: 'U 0', verdict: 'unknown_key' });
  const { keyring: forgeKeyring } = await importKeyring(secret.exportKey(forge));
  assert.equal(await judge(commit, { forgeKeyring, committerMatch: true }), 'verified');
});
