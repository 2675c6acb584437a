import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { enums, generateKey, PacketList, SignaturePacket } from 'openpgp';
import { importKeyring } from '../../../../src/signature/openpgp/import-keyring.ts';
import type { OpenpgpTrust } from '../../../../src/signature/openpgp/verify-openpgp-signature.ts';
import { verifyOpenpgpSignature } from '../../../../src/signature/openpgp/verify-openpgp-signature.ts';
import { makeKey, signDetached } from '../../../support/signatures/openpgp-keys.ts';

const PAYLOAD = Buffer.from('tree 0\n\nChange\n');
const ada = await makeKey();
const { keyring } = await importKeyring(ada.armored);
const good = await signDetached(ada, PAYLOAD);
const body = Buffer.from(good.toString().replaceAll(/-----.*-----|^=.*$|\s/gmu, ''), 'base64');

/** Packets as a block of armor. */
function armor(bytes: Uint8Array, label = 'PGP SIGNATURE'): Buffer {
  const base64 = Buffer.from(bytes).toString('base64');
  return Buffer.from(`-----BEGIN ${label}-----\n\n${base64}\n-----END ${label}-----\n`);
}

async function verify(signature: Uint8Array, trust: Partial<OpenpgpTrust> = {}) {
  return verifyOpenpgpSignature({
    payload: PAYLOAD,
    signature,
    trust: { keyring, keyValidity: 'now', committerMatch: false, ...trust },
    nowMs: Date.now(),
  });
}

async function judge(signature: Uint8Array, trust: Partial<OpenpgpTrust> = {}): Promise<string> {
  const verification = await verify(signature, trust);
  return verification.status === 'rejected' ? verification.code : verification.status;
}

test('verifyOpenpgpSignature() names key, signing key and user IDs', async () => {
  assert.deepEqual(await verify(good), {
    status: 'verified',
    signer: {
      scheme: 'openpgp',
      fingerprint: ada.fingerprint,
      signingKeyFingerprint: ada.fingerprint,
      userIds: ['Ada <ada@example.com>'],
    },
  });
});

test('verifyOpenpgpSignature() refuses what is not exactly one detached signature', async () => {
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [Buffer.from(''), 'malformed_signature'],
    [Buffer.concat([good, Buffer.from('more\n')]), 'malformed_signature'],
    [Buffer.concat([good, good]), 'multiple_signatures'],
    [armor(Buffer.concat([body, body])), 'multiple_signatures'],
    [armor(body, 'PGP MESSAGE'), 'unsupported_signature'],
    [armor(Buffer.from([0xcb, 1, 0])), 'malformed_signature'],
    [armor(body.subarray(0, 20)), 'malformed_signature'],
    [armor(Buffer.from([0xc2, 2, 3, 0])), 'unsupported_signature'],
    [Buffer.alloc(70_000), 'limit_exceeded'],
  ];
  for (const [signature, code] of cases) {
    assert.equal(await judge(signature), code, Buffer.from(signature).toString());
  }
});

/** The library declares fewer kinds of content than it can sign. */
async function callSign(packet: SignaturePacket, argv: readonly unknown[]): Promise<void> {
  const method: unknown = Reflect.get(packet, 'sign');
  assert.ok(typeof method === 'function');
  await Reflect.apply(method, packet, argv);
}

/** A signature packet with any type, hash and subpackets. */
async function signPacket(change: (packet: SignaturePacket) => void): Promise<Buffer> {
  const packet = new SignaturePacket();
  packet.signatureType = enums.signature.binary;
  packet.publicKeyAlgorithm = ada.privateKey.keyPacket.algorithm;
  packet.hashAlgorithm = enums.hash.sha256;
  change(packet);
  const data = { text: null, getBytes: () => PAYLOAD, key: ada.privateKey.keyPacket };
  const write = { nonDeterministicSignaturesViaNotation: false };
  await callSign(packet, [ada.privateKey.keyPacket, data, new Date(), true, write]);
  const list = new PacketList<SignaturePacket>();
  list.push(packet);
  return armor(list.write());
}

test('verifyOpenpgpSignature() refuses signatures of other types, and what it must not ignore', async () => {
  const standalone = await signPacket((packet) => {
    packet.signatureType = enums.signature.standalone;
  });
  assert.equal(await judge(standalone), 'unsupported_signature');
  const notation = await signPacket((packet) => {
    const value = Buffer.from('x');
    packet.rawNotations.push({ name: 'a@b.c', value, humanReadable: true, critical: true });
  });
  assert.equal(await judge(notation), 'unsupported_signature');
  const plain = await signPacket(() => {});
  assert.equal(await judge(plain), 'verified');
});

test('verifyOpenpgpSignature() refuses a signature by a subkey that has not signed its binding', async () => {
  // Eve binds Ada's signing subkey to her own primary key, and would pass for the author of what Ada signs.
  const victim = await generateKey({
    userIDs: [{ email: 'victim@example.com' }],
    subkeys: [{ sign: true }],
    format: 'object',
  });
  const [subkey] = victim.privateKey.subkeys;
  const eve = await makeKey('eve@example.com');
  assert.ok(subkey !== undefined);
  const binding = new SignaturePacket();
  binding.signatureType = enums.signature.subkeyBinding;
  binding.publicKeyAlgorithm = eve.privateKey.keyPacket.algorithm;
  binding.hashAlgorithm = enums.hash.sha256;
  binding.keyFlags = Uint8Array.from([enums.keyFlags.signData]);
  await callSign(binding, [
    eve.privateKey.keyPacket,
    { key: eve.privateKey.keyPacket, bind: subkey.keyPacket },
    new Date(),
    false,
    { nonDeterministicSignaturesViaNotation: false },
  ]);
  const packets = eve.publicKey.toPacketList().slice(0, 3);
  const stolen = victim.publicKey.toPacketList().slice(3, 4);
  const list = new PacketList<(typeof packets)[number]>();
  list.push(...packets, ...stolen, binding);
  const trust = await importKeyring(armor(list.write(), 'PGP PUBLIC KEY BLOCK').toString());
  assert.deepEqual(trust.problems, []);
  const whole = await importKeyring(victim.publicKey.armor());
  const key = { ...ada, privateKey: victim.privateKey };
  const signature = await signDetached(key, PAYLOAD);
  assert.equal(await judge(signature, { keyring: whole.keyring }), 'verified');
  assert.equal(await judge(signature, { keyring: trust.keyring }), 'wrong_usage');
});

test('verifyOpenpgpSignature() asks for the committer where that is wanted', async () => {
  assert.equal(await judge(good, { committerMatch: true }), 'identity_not_accepted');
});

test('verifyOpenpgpSignature() never throws, and verifies no signature that was changed', async () => {
  const change = fc.record({
    at: fc.nat({ max: body.length - 1 }),
    value: fc.nat({ max: 255 }),
    cut: fc.nat({ max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const bytes = Buffer.from(body);
      for (const { at, value } of changes) bytes[at] = value;
      const cut = changes[0]?.cut === 0 ? bytes.subarray(0, changes[0].at) : bytes;
      const verdict = await judge(armor(cut));
      // Unhashed subpackets are not signed: changing them may leave the signature as it was.
      const isHashed = changes.every(({ at }) => at < HASHED_END);
      if (verdict === 'verified' && isHashed) assert.ok(cut.equals(body));
    }),
    { numRuns: 300 },
  );
});

/** The hashed part of the packet ends here: header, four octets, length and subpackets. */
const HASHED_END = 2 + 6 + (body[6] ?? 0) * 256 + (body[7] ?? 0);

test('verifyOpenpgpSignature() and importKeyring() are total over any packets', async () => {
  const packet = fc
    .record({
      tag: fc.constantFrom(2, 6, 13, 14, 17),
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 180 }),
        fc.uint8Array({ maxLength: 180 }).map((tail) => Uint8Array.from([4, 0, 22, 8, ...tail])),
        fc
          .uint8Array({ maxLength: 180 })
          .map((tail) => Uint8Array.from([4, 0, 0, 0, 0, 22, ...tail])),
      ),
    })
    .map(({ tag, bytes }) => Buffer.from([0xc0 | tag, bytes.length, ...bytes]));
  await fc.assert(
    fc.asyncProperty(fc.array(packet, { maxLength: 6 }), async (packets) => {
      const bytes = Buffer.concat(packets);
      assert.notEqual(await judge(armor(bytes)), 'verified');
      await importKeyring(armor(bytes, 'PGP PUBLIC KEY BLOCK').toString());
    }),
    { numRuns: 300 },
  );
});

test('verifyOpenpgpSignature() takes at most a second for the largest signature', async () => {
  // Nested embedded signatures, and a list of the shortest subpackets.
  const subpackets = Buffer.alloc(40_000, Buffer.from([1, 100]));
  const head = Buffer.from([4, 0, 22, 8, subpackets.length >> 8, subpackets.length & 0xff]);
  const flood = Buffer.concat([head, subpackets, Buffer.from([0, 0, 0, 0])]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(flood.length);
  const started = performance.now();
  assert.equal(
    await judge(armor(Buffer.concat([Buffer.from([0xc2, 255]), length, flood]))),
    'malformed_signature',
  );
  assert.ok(performance.now() - started < 1000);
});
