import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseKeyText } from '../../../../src/signature/ssh/parse-key-text.ts';
import { encodeString } from '../../../../src/signature/ssh/wire-reader.ts';
import { makeSshCertificate, makeSshKey } from '../../../support/signatures/ssh-samples.ts';

const key = makeSshKey('ed25519');
const COPY = 'copy both words from the .pub file';

function textOf(type: string, blob: Buffer): string {
  return `${type} ${blob.toString('base64')}`;
}

describe('parseKeyText()', () => {
  it('reads type, fingerprint and the key; the rest is a comment', () => {
    assert.deepEqual(parseKeyText(`${key.text} alice@laptop = "1"`), {
      status: 'read',
      value: { type: 'ssh-ed25519', fingerprint: key.fingerprint, blob: key.blob },
    });
  });

  it('takes keys that are weak or unknown: they accept nothing', () => {
    const weak = makeSshKey('rsa', { bits: 1024 });
    const unknown = textOf('ssh-new', encodeString('ssh-new'));

    assert.deepEqual(
      [parseKeyText(weak.text).status, parseKeyText(unknown).status],
      ['read', 'read'],
    );
  });

  const certificateType = 'ssh-ed25519-cert-v01@openssh.com';
  const refused: readonly (readonly [string, string, string])[] = [
    ['', 'no public key was found', COPY],
    ['ssh-ed25519', 'no public key was found', COPY],
    ['ssh-ed25519 AAAA!', '"ssh-ed25519" is not followed by a public key in base64', COPY],
    [textOf('ssh-rsa', key.blob), 'the key is not of the type "ssh-rsa"', COPY],
    [
      textOf('ssh-ed25519', key.blob.subarray(0, -1)),
      'the key of the type "ssh-ed25519" is damaged',
      COPY,
    ],
    [
      textOf(certificateType, makeSshCertificate(key, key)),
      'a certificate stands where a key is wanted',
      'write the key of its authority, with the option cert-authority',
    ],
  ];
  for (const [text, problem, remedy] of refused) {
    it(`says that ${problem}`, () => {
      assert.deepEqual(parseKeyText(text), { status: 'invalid', problem, remedy });
    });
  }
});
