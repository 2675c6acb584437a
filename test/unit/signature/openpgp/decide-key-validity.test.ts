import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decideKeyValidity,
  selectValidUserIds,
  type KeyQuestion,
} from '../../../../src/signature/openpgp/decide-key-validity.ts';
import { importKeyring } from '../../../../src/signature/openpgp/import-keyring.ts';
import type {
  Binding,
  Revocation,
  SigningKey,
  UserId,
} from '../../../../src/signature/openpgp/keyring.ts';
import type { KeyMaterial } from '../../../../src/signature/openpgp/openpgp-library.ts';
import { makeKey } from '../../../support/signatures/openpgp-keys.ts';

const CREATED_MS = Date.parse('2024-01-01T00:00:00Z');
const DAY_MS = 86_400_000;

async function makeMaterial(): Promise<KeyMaterial> {
  const { keyring } = await importKeyring((await makeKey('a@b.c', new Date(CREATED_MS))).armored);
  const [key] = keyring.keys;
  assert.ok(key !== undefined);
  return key.signingKeys[0].material;
}

const material = await makeMaterial();

/** Days after the key was created. */
function day(days: number): number {
  return CREATED_MS + days * DAY_MS;
}

function binding(changes: Partial<Binding> = {}): Binding {
  return {
    createdMs: CREATED_MS,
    expiresMs: undefined,
    keyExpiresMs: undefined,
    maySign: true,
    ...changes,
  };
}

interface Case {
  readonly primary?: Partial<SigningKey>;
  readonly subkey?: Partial<SigningKey>;
  readonly userIds?: readonly UserId[];
  readonly question?: Partial<KeyQuestion>;
}

function judge({ primary = {}, subkey, userIds = [], question = {} }: Case = {}) {
  const plain = { material, bindings: [binding()], revocations: [] };
  const first: SigningKey = { ...plain, ...primary };
  const second: SigningKey | undefined = subkey === undefined ? undefined : { ...plain, ...subkey };
  return decideKeyValidity({
    key: { signingKeys: second === undefined ? [first] : [first, second], userIds },
    signingKey: second ?? first,
    signedMs: day(10),
    nowMs: day(100),
    clockSkewMs: 1000,
    keyValidity: 'now',
    ...question,
  })?.code;
}

const AT_SIGNING = { question: { keyValidity: 'atSigning' } } as const;

test('decideKeyValidity() accepts a key and a subkey in force', () => {
  assert.equal(judge(), undefined);
  assert.equal(judge({ subkey: {} }), undefined);
});

test('decideKeyValidity() lets the newest statement in force speak for all times', () => {
  const old = binding({ keyExpiresMs: day(5) });
  const renewed = binding({ createdMs: day(50), keyExpiresMs: day(500) });
  assert.equal(judge({ primary: { bindings: [renewed, old] } }), undefined);
  const future = binding({ createdMs: day(200), keyExpiresMs: day(1) });
  assert.equal(judge({ primary: { bindings: [future, binding()] } }), undefined);
  const ended = binding({ createdMs: day(60), expiresMs: day(70), keyExpiresMs: day(1) });
  assert.equal(judge({ primary: { bindings: [ended, binding()] } }), undefined);
});

test('decideKeyValidity() refuses expired keys by date and mode', () => {
  const bindings = [binding({ keyExpiresMs: day(20) })];
  const earlier = [binding({ keyExpiresMs: day(10) })];
  for (const part of ['primary', 'subkey'] as const) {
    assert.equal(judge({ [part]: { bindings } }), 'key_expired');
    assert.equal(judge({ [part]: { bindings }, ...AT_SIGNING }), undefined);
    assert.equal(judge({ [part]: { bindings: earlier }, ...AT_SIGNING }), 'key_expired');
  }
  assert.equal(judge({ primary: { bindings: [binding({ keyExpiresMs: day(101) })] } }), undefined);
});

test('decideKeyValidity() refuses revoked keys by reason and mode', () => {
  const soft: readonly Revocation[] = [{ createdMs: day(20), isHard: false }];
  const earlier: readonly Revocation[] = [{ createdMs: day(10), isHard: false }];
  const hard: readonly Revocation[] = [{ createdMs: day(20), isHard: true }];
  for (const part of ['primary', 'subkey'] as const) {
    assert.equal(judge({ [part]: { revocations: soft } }), 'key_revoked');
    assert.equal(judge({ [part]: { revocations: soft }, ...AT_SIGNING }), undefined);
    assert.equal(judge({ [part]: { revocations: earlier }, ...AT_SIGNING }), 'key_revoked');
    assert.equal(judge({ [part]: { revocations: hard }, ...AT_SIGNING }), 'key_revoked');
  }
  assert.equal(judge({ primary: { revocations: soft }, subkey: {} }), 'key_revoked');
});

test('decideKeyValidity() refuses keys without a statement or for other uses', () => {
  assert.equal(judge({ primary: { bindings: [] } }), 'key_not_valid');
  assert.equal(judge({ primary: { bindings: [] }, subkey: {} }), 'key_not_valid');
  assert.equal(judge({ subkey: { bindings: [] } }), 'key_not_valid');
  assert.equal(judge({ subkey: { bindings: [binding({ maySign: false })] } }), 'wrong_usage');
  assert.equal(
    judge({ primary: { bindings: [binding({ maySign: false })] }, subkey: {} }),
    undefined,
  );
});

test('decideKeyValidity() refuses a signature older than its key', () => {
  assert.equal(judge({ question: { signedMs: day(-1) } }), 'key_not_valid');
});

test('decideKeyValidity() takes statements from user IDs that are not revoked', () => {
  const direct = [binding({ keyExpiresMs: day(20) })];
  const renewed = binding({ createdMs: day(30) });
  const userId = { text: 'a', certifications: [renewed], revokedMs: [] };
  assert.equal(judge({ primary: { bindings: direct }, userIds: [userId] }), undefined);
  const revoked = { ...userId, revokedMs: [day(40)] };
  assert.equal(judge({ primary: { bindings: direct }, userIds: [revoked] }), 'key_expired');
  assert.equal(judge({ primary: { bindings: [] }, userIds: [revoked] }), 'key_not_valid');
});

test('selectValidUserIds() leaves out what was revoked and not certified again, and what has ended', () => {
  const question = { nowMs: day(100), clockSkewMs: 0 };
  const users: readonly UserId[] = [
    { text: 'valid', certifications: [binding()], revokedMs: [] },
    { text: 'revoked', certifications: [binding()], revokedMs: [day(1)] },
    { text: 'again', certifications: [binding({ createdMs: day(2) })], revokedMs: [day(1)] },
    { text: 'ended', certifications: [binding({ expiresMs: day(3) })], revokedMs: [] },
  ];
  assert.deepEqual(selectValidUserIds(users, question), ['valid', 'again']);
});
