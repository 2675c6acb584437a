import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SIGNATURE_LIMITS } from '../../../../src/signature/settings.ts';
import { parseSshSignature } from '../../../../src/signature/ssh/parse-ssh-signature.ts';
import { encodeString } from '../../../../src/signature/ssh/wire-reader.ts';
import {
  armor,
  makeSshCertificate,
  makeSshKey,
  makeSshSignature,
} from '../../../support/signatures/ssh-samples.ts';

const key = makeSshKey('ed25519');
const good = makeSshSignature(key, 'payload').toString();

function judge(text: string | Buffer): string {
  const result = parseSshSignature(Buffer.from(text));
  return result.status === 'rejected' ? result.code : result.status;
}

describe('parseSshSignature()', () => {
  it('reads the key, the namespace and the hash', () => {
    const result = parseSshSignature(Buffer.from(good));

    assert.partialDeepStrictEqual(result, {
      status: 'parsed',
      value: {
        key: { type: 'ssh-ed25519', fingerprint: key.fingerprint },
        certificate: undefined,
        namespace: 'git',
        hash: 'sha512',
      },
    });
  });

  it('reads a certificate in place of the key', () => {
    const authority = makeSshKey('ed25519');
    const certificate = makeSshCertificate(key, authority);
    const result = parseSshSignature(makeSshSignature(key, 'payload', { certificate }));

    assert.partialDeepStrictEqual(result, {
      status: 'parsed',
      value: {
        key: { fingerprint: key.fingerprint },
        certificate: { authority: { fingerprint: authority.fingerprint } },
      },
    });
  });

  const begin = '-----BEGIN SSH SIGNATURE-----';
  const armors: readonly (readonly [string, string, string])[] = [
    ['the armor without its last line end', good.trimEnd(), 'parsed'],
    ['CRLF', good.replaceAll('\n', '\r\n'), 'parsed'],
    ['one long line', good.replaceAll(/(?<=[A-Za-z0-9+/=])\n(?=[A-Za-z0-9+/=])/gu, ''), 'parsed'],
    ['empty lines and spaces', good.replace('\nU1', '\n\n  U1'), 'parsed'],
    ['nothing', '', 'malformed_signature'],
    ['no last line', good.replace('-----END', '-----ENT'), 'malformed_signature'],
    ['no first line end', good.replace(`${begin}\n`, begin), 'malformed_signature'],
    ['an empty armor', `${begin}\n-----END SSH SIGNATURE-----\n`, 'malformed_signature'],
    ['text after the armor', `${good}more`, 'malformed_signature'],
    ['text before the armor', `more\n${good}`, 'malformed_signature'],
    ['other characters', good.replace('\nU1', '\nU!1'), 'malformed_signature'],
    ['two blocks', good + good, 'multiple_signatures'],
    ['headers', good.replace('\nU1', '\nVersion: 1\n\nU1'), 'malformed_signature'],
  ];
  for (const [what, text, expected] of armors) {
    it(`says ${expected} of ${what}`, () => {
      assert.equal(judge(text), expected);
    });
  }

  it('refuses more bytes than the limit', () => {
    const max = SIGNATURE_LIMITS['signature.signatureBytesMax'].default;

    assert.equal(judge(`${good}${' '.repeat(max)}`), 'limit_exceeded');
  });

  const fields: readonly (readonly [string, Parameters<typeof makeSshSignature>[2], string])[] = [
    ['another magic', { magic: 'SSHSIH' }, 'malformed_signature'],
    ['version 2', { version: 2 }, 'unsupported_signature'],
    ['no namespace', { namespace: '' }, 'malformed_signature'],
    ['another namespace', { namespace: 'file' }, 'parsed'],
    ['a reserved field', { reserved: 'x' }, 'malformed_signature'],
    ['sha256', { hash: 'sha256' }, 'parsed'],
    ['sha1', { hash: 'sha1' }, 'unsupported_signature'],
    ['trailing bytes', { trailing: '\0' }, 'malformed_signature'],
    ['a key of an unknown type', { certificate: encodeString('ssh-ed448') }, 'unsupported_key'],
    ['a damaged key', { certificate: encodeString('ssh-ed25519') }, 'malformed_signature'],
    [
      'a damaged certificate',
      { certificate: encodeString('ssh-ed25519-cert-v01@openssh.com') },
      'malformed_signature',
    ],
  ];
  for (const [what, options, expected] of fields) {
    it(`says ${expected} of ${what}`, () => {
      assert.equal(judge(makeSshSignature(key, 'payload', options)), expected);
    });
  }

  it('refuses a signature that ends after the magic', () => {
    assert.deepEqual(
      [judge(armor(Buffer.from('SSHSIG'))), judge(armor(Buffer.from('SSH')))],
      ['malformed_signature', 'malformed_signature'],
    );
  });

  it('reads whatever bytes without a fault', () => {
    const bytes = Buffer.from(good.split('\n').slice(1, -2).join(''), 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.uint8Array({ maxLength: 8 }), (at, put) => {
        judge(armor(Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + 1)])));
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (put) => {
        judge(Buffer.from(put));
        judge(armor(Buffer.concat([Buffer.from('SSHSIG\0\0\0\x01'), put])));
      }),
    );
  });
});
