import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SIGNATURE_LIMITS } from '../../../../src/signature/settings.ts';
import { parseRevokedKeys } from '../../../../src/signature/ssh/parse-revoked-keys.ts';
import { makeKrl, makeSshKey } from '../../../support/signatures/ssh-samples.ts';

const [first, second] = [makeSshKey('ed25519'), makeSshKey('nistp256')];

describe('parseRevokedKeys()', () => {
  it('reads keys and fingerprints, one a line, with comments', () => {
    const text = `# left in May\n${first.text} alice\n\n${second.fingerprint} ben's\n`;

    assert.deepEqual(parseRevokedKeys(Buffer.from(text)), {
      status: 'read',
      value: {
        fingerprints: new Set([first.fingerprint, second.fingerprint]),
        sha1: new Set(),
        certificates: [],
      },
    });
  });

  it('tells a KRL from text', () => {
    assert.deepEqual(parseRevokedKeys(makeKrl([])), {
      status: 'read',
      value: { fingerprints: new Set(), sha1: new Set(), certificates: [] },
    });
  });

  it('names every line that is wrong', () => {
    const file = parseRevokedKeys(Buffer.from(`SHA256:short\n${first.text}\nMD5:00:11\n`));

    assert.deepEqual(file, {
      status: 'invalid',
      problems: [1, 3].map((line) => ({
        line,
        problem: 'no public key was found',
        remedy: 'copy both words from the .pub file',
      })),
    });
  });

  it('refuses what is neither, and too much of it', () => {
    const max = SIGNATURE_LIMITS['signature.ssh.revokedKeysBytesMax'].default;

    assert.deepEqual(
      [parseRevokedKeys(Buffer.from([0xff])), parseRevokedKeys(Buffer.alloc(max + 1, '#'))],
      [
        {
          status: 'invalid',
          problems: [
            {
              line: undefined,
              problem: 'the file is neither text of UTF-8 without a byte order mark nor a KRL',
              remedy: 'write one public key on a line, or make a KRL with ssh-keygen -k',
            },
          ],
        },
        {
          status: 'invalid',
          problems: [
            {
              line: undefined,
              problem: `the file has ${max + 1} bytes, at most ${max} are read`,
              remedy: 'revoke ranges of serial numbers, or the authority',
            },
          ],
        },
      ],
    );
  });

  it('reads whatever bytes without a fault', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseRevokedKeys(bytes)));
  });
});
