import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchAllowedSigner } from '../../../../src/signature/ssh/match-allowed-signer.ts';
import { parseAllowedSigners } from '../../../../src/signature/ssh/parse-allowed-signers.ts';
import { parseSshSignature } from '../../../../src/signature/ssh/parse-ssh-signature.ts';
import {
  makeSshCertificate,
  makeSshKey,
  makeSshSignature,
  type SampleCertificateOptions,
} from '../../../support/signatures/ssh-samples.ts';

const [key, authority] = [makeSshKey('ed25519'), makeSshKey('ed25519')];
const NOON = Date.UTC(2026, 0, 1, 12);

interface Options {
  readonly certified?: SampleCertificateOptions | undefined;
  readonly atMs?: number;
  readonly identity?: string;
}

function match(lines: string, { certified, atMs = NOON, identity }: Options = {}) {
  const file = parseAllowedSigners(
    Buffer.from(lines.replaceAll('KEY', key.text).replaceAll('CA', authority.text)),
  );
  const options =
    certified === undefined ? {} : { certificate: makeSshCertificate(key, authority, certified) };
  const signature = parseSshSignature(makeSshSignature(key, 'payload', options));
  assert.ok(file.status === 'read' && signature.status === 'parsed');
  const verdict = matchAllowedSigner(signature.value, file.value, {
    times: [['the time of the commit', atMs]],
    identity,
  });
  return verdict.status === 'accepted' ? verdict.principal : verdict.code;
}

describe('matchAllowedSigner()', () => {
  const keys: readonly (readonly [string, string, string])[] = [
    ['takes the key of a line', 'alice@example.com KEY', 'alice@example.com'],
    ['takes the principals as they are written', '*@a,!b@a KEY', '*@a,!b@a'],
    ['knows no key of other lines', 'alice@example.com CA', 'unknown_key'],
    ['takes no authority for a key', 'a cert-authority KEY', 'unknown_key'],
    ['wants the namespace of git', 'a namespaces="file,email" KEY', 'wrong_usage'],
    ['matches namespaces as patterns', 'a namespaces="g*" KEY', 'a'],
    ['follows a negated namespace', 'a namespaces="*,!git" KEY', 'wrong_usage'],
    ['takes the first line that accepts', 'a namespaces="file" KEY\nb KEY\nc KEY', 'b'],
    [
      'names the first reason where no line accepts',
      'a namespaces="file" KEY\nb valid-before="20250101" KEY',
      'wrong_usage',
    ],
  ];
  for (const [what, lines, expected] of keys) {
    it(what, () => {
      assert.equal(match(lines), expected);
    });
  }

  const times: readonly (readonly [string, number, string])[] = [
    ['valid-after="20260101120000Z"', NOON, 'a'],
    ['valid-after="20260101120000Z"', NOON - 1, 'key_not_valid'],
    ['valid-before="20260101120000Z"', NOON + 999, 'a'],
    ['valid-before="20260101120000Z"', NOON + 1000, 'key_not_valid'],
  ];
  for (const [option, atMs, expected] of times) {
    it(`says ${expected} of ${option} at ${new Date(atMs).toISOString()}`, () => {
      assert.equal(match(`a ${option} KEY`, { atMs }), expected);
    });
  }

  const second = BigInt(NOON / 1000);
  const certificates: readonly (readonly [string, string, SampleCertificateOptions, string])[] = [
    [
      'takes a certificate of an authority',
      '*@example.com cert-authority CA',
      {},
      'alice@example.com',
    ],
    [
      'takes the first principal that the line accepts',
      '*@b cert-authority CA',
      { principals: ['a@a', 'b@b', 'c@b'] },
      'b@b',
    ],
    ['wants such a principal', '*@b cert-authority CA', {}, 'identity_not_accepted'],
    [
      'takes no certificate without principals',
      '* cert-authority CA',
      { principals: [] },
      'identity_not_accepted',
    ],
    [
      'takes no principal that reads as a pattern',
      '* cert-authority CA',
      { principals: ['*', 'a,b', 'a?', '!a'] },
      'identity_not_accepted',
    ],
    ['takes no line without cert-authority', '* CA\n* KEY', {}, 'unknown_key'],
    ['knows no other authority', '* cert-authority KEY', {}, 'unknown_key'],
    [
      'takes the first second of a certificate',
      '* cert-authority CA',
      { validAfter: second },
      'alice@example.com',
    ],
    [
      'takes no second before it',
      '* cert-authority CA',
      { validAfter: second + 1n },
      'key_not_valid',
    ],
    ['takes no second at its end', '* cert-authority CA', { validBefore: second }, 'key_not_valid'],
    [
      'follows the times of the line too',
      '* cert-authority,valid-before="20250101" CA',
      {},
      'key_not_valid',
    ],
  ];
  for (const [what, lines, options, expected] of certificates) {
    it(what, () => {
      assert.equal(match(lines, { certified: options }), expected);
    });
  }

  const people: readonly (readonly [string, Options, string])[] = [
    ['*@example.com KEY', { identity: 'ben@example.com' }, 'ben@example.com'],
    ['*@example.com,!ben@* KEY', { identity: 'ben@example.com' }, 'identity_not_accepted'],
    ['alice KEY\nben KEY', { identity: 'ben' }, 'ben'],
    ['* cert-authority CA', { certified: {}, identity: 'alice@example.com' }, 'alice@example.com'],
    ['* cert-authority CA', { certified: {}, identity: 'ben' }, 'identity_not_accepted'],
    [
      '* cert-authority CA',
      { certified: { principals: ['*'] }, identity: '*' },
      'identity_not_accepted',
    ],
  ];
  for (const [lines, options, expected] of people) {
    it(`says ${expected} of ${options.identity} with ${JSON.stringify(lines)}`, () => {
      assert.equal(match(lines, options), expected);
    });
  }
});
