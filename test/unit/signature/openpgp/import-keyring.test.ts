import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PacketList, type SignaturePacket } from 'openpgp';
import { importKeyring } from '../../../../src/signature/openpgp/import-keyring.ts';
import { fingerprintOf } from '../../../../src/signature/openpgp/keyring.ts';
import { verifyOpenpgpSignature } from '../../../../src/signature/openpgp/verify-openpgp-signature.ts';
import {
  makeKey,
  revocationCertificate,
  revoke,
  signDetached,
  type OpenpgpKey,
} from '../../../support/signatures/openpgp-keys.ts';

const PAYLOAD = Buffer.from('tree 0\n');
const ada = await makeKey('ada@example.com');
const bob = await makeKey('bob@example.com');

async function fingerprints(text: string): Promise<readonly string[]> {
  const { keyring, problems } = await importKeyring(text);
  assert.deepEqual(problems, []);
  return keyring.keys.map(fingerprintOf);
}

async function judge(text: string, key: OpenpgpKey): Promise<string> {
  const { keyring } = await importKeyring(text);
  const verification = await verifyOpenpgpSignature({
    payload: PAYLOAD,
    signature: await signDetached(key, PAYLOAD),
    trust: { keyring, keyValidity: 'now', committerMatch: false },
    nowMs: Date.now(),
  });
  return verification.status === 'rejected' ? verification.code : verification.status;
}

/** Binary packets as a block of armor. */
function armor(bytes: Uint8Array, label = 'PGP PUBLIC KEY BLOCK'): string {
  const base64 = Buffer.from(bytes).toString('base64');
  return `-----BEGIN ${label}-----\n\n${base64}\n-----END ${label}-----\n`;
}

test('importKeyring() reads several blocks, and several keys in one block', async () => {
  const both = [ada.fingerprint, bob.fingerprint];
  assert.deepEqual(await fingerprints(`Ada:\n${ada.armored}\nBob:\n${bob.armored}`), both);
  const bundled = Buffer.concat([ada.publicKey.write(), bob.publicKey.write()]);
  assert.deepEqual(await fingerprints(armor(bundled)), both);
});

test('importKeyring() joins copies of one key, so that a revocation in any of them counts', async () => {
  const revoked = await revoke(ada);
  for (const text of [ada.armored + revoked.armored, revoked.armored + ada.armored]) {
    assert.deepEqual(await fingerprints(text), [ada.fingerprint]);
    assert.equal(await judge(text, ada), 'key_revoked');
  }
  assert.equal(await judge(ada.armored, ada), 'verified');
});

test('importKeyring() applies a revocation certificate that stands alone', async () => {
  const certificate = await revocationCertificate(ada);
  assert.equal(await judge(certificate + ada.armored, ada), 'key_revoked');
  assert.equal(await judge(ada.armored + certificate, ada), 'key_revoked');
  const { problems } = await importKeyring(certificate + bob.armored);
  assert.deepEqual(problems, [
    {
      place: 'line 1',
      message: `the revocation certificate is for the key ${ada.keyId}, which is not in this keyring`,
    },
  ]);
});

test('importKeyring() counts a revocation at the end of a key, and one that somebody else made not at all', async () => {
  const revocation = (await revoke(ada)).publicKey.revocationSignatures[0];
  assert.ok(revocation !== undefined);
  const list = new PacketList<SignaturePacket>();
  list.push(revocation);
  const atEnd = armor(Buffer.concat([ada.publicKey.write(), list.write()]));
  assert.equal(await judge(atEnd, ada), 'key_revoked');
  const onBob = armor(Buffer.concat([bob.publicKey.write(), list.write()]));
  assert.equal(await judge(onBob, bob), 'verified');
});

test('importKeyring() trusts no subkey that was not bound by the key', async () => {
  // Bob's subkeys under Ada's primary key.
  const primary = ada.publicKey.toPacketList().slice(0, 3);
  const subkeys = bob.publicKey.toPacketList().slice(3);
  const list = new PacketList<(typeof primary)[number]>();
  list.push(...primary, ...subkeys);
  const { keyring } = await importKeyring(armor(list.write()));
  assert.deepEqual(
    keyring.keys.flatMap(({ signingKeys }) => signingKeys.slice(1)).map(({ bindings }) => bindings),
    [[]],
  );
});

test('importKeyring() refuses a key without a valid self-signature', async () => {
  const packets = ada.publicKey.toPacketList();
  const list = new PacketList<(typeof packets)[number]>();
  list.push(...packets.slice(0, 2));
  const { keyring, problems } = await importKeyring(armor(list.write()));
  assert.deepEqual(keyring.keys, []);
  assert.deepEqual(problems, [
    { place: 'line 1', message: `the key ${ada.fingerprint} has no valid self-signature` },
  ]);
});

test('importKeyring() names what it cannot read, where, and keeps the rest', async () => {
  const good = ada.armored;
  const lines = good.trimEnd().split('\n').length;
  const cases: readonly (readonly [string, RegExp])[] = [
    [ada.privateKey.armor(), /private key/u],
    [armor(PAYLOAD, 'PGP SIGNATURE'), /is no public key/u],
    [armor(PAYLOAD), /at byte 0 of the block, a packet does not begin here/u],
    [armor(Buffer.from([0xc6, 1, 9])), /at byte 0 of the block, the key cannot be read/u],
    [armor(Buffer.from([0xc8, 1, 9])), /a packet of type 8 does not belong/u],
    [armor(Buffer.from([0xc2, 2, 4, 0x20])), /a revocation cannot be read/u],
    ['-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n', /has no matching END/u],
  ];
  for (const [bad, message] of cases) {
    const { keyring, problems } = await importKeyring(`${good.trimEnd()}\n${bad}`);
    assert.deepEqual(keyring.keys.map(fingerprintOf), [ada.fingerprint]);
    assert.equal(problems.length, 1, JSON.stringify(problems));
    assert.equal(problems[0]?.place, `line ${lines + 1}`);
    assert.match(problems[0]?.message ?? '', message);
  }
});

test('importKeyring() says so where there is no key, or too much', async () => {
  const empty = await importKeyring('');
  assert.match(empty.problems[0]?.message ?? '', /gpg --export --armor/u);
  const huge = await importKeyring(' '.repeat(5_000_000));
  assert.match(huge.problems[0]?.message ?? '', /at most 4194304 are read/u);
});

test('importKeyring() passes over photos, markers, orphans and subkeys that it cannot read', async () => {
  const others = [
    [0xca, 3, 0x50, 0x47, 0x50],
    [0xcc, 1, 0],
    [0xd1, 2, 1, 1],
    [0xce, 1, 9],
    [0xc2, 1, 3],
  ].flat();
  const bytes = Buffer.concat([
    Buffer.from([0xcd, 1, 65, 0xce, 1, 9, 0xc2, 1, 3]),
    ada.publicKey.write(),
    Buffer.from(others),
  ]);
  assert.deepEqual(await fingerprints(armor(bytes)), [ada.fingerprint]);
});
