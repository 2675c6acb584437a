import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SIGNATURE_LIMITS } from '../../../../src/signature/settings.ts';
import { parseAllowedSigners } from '../../../../src/signature/ssh/parse-allowed-signers.ts';
import { makeSshKey } from '../../../support/signatures/ssh-samples.ts';

const alice = makeSshKey('ed25519');
const key = { type: alice.type, fingerprint: alice.fingerprint, blob: alice.blob };

function parse(text: string) {
  return parseAllowedSigners(Buffer.from(text));
}

describe('parseAllowedSigners()', () => {
  const lines: readonly (readonly [string, string, object])[] = [
    [
      'a principal and a key',
      `alice@example.com ${alice.text}`,
      { principals: 'alice@example.com' },
    ],
    ['a comment behind the key', `a ${alice.text} its = comment "x`, { principals: 'a' }],
    ['tabs and several spaces', `a\t ${alice.text.replace(' ', ' \t ')}`, { principals: 'a' }],
    [
      'patterns',
      `*@example.com,!eve@example.com ${alice.text}`,
      { principals: '*@example.com,!eve@example.com' },
    ],
    ['quoted principals', `"a b,c" ${alice.text}`, { principals: 'a b,c' }],
    ['an authority', `* cert-authority ${alice.text}`, { principals: '*', isAuthority: true }],
    [
      'options',
      `a namespaces="git,x y",valid-after="20260101Z" ${alice.text}`,
      { principals: 'a', namespaces: 'git,x y', validAfterMs: Date.UTC(2026, 0, 1) },
    ],
  ];
  for (const [what, text, expected] of lines) {
    it(`reads ${what}`, () => {
      assert.partialDeepStrictEqual(parse(`\n${text}\n`), {
        status: 'read',
        value: [{ line: 2, key, isAuthority: false, ...expected }],
      });
    });
  }

  it('reads a file without lines: nobody is trusted', () => {
    assert.deepEqual(parse('# nobody\n'), { status: 'read', value: [] });
  });

  const format = 'write: principals [options] key-type key [comment]';
  const copy = 'copy both words from the .pub file';
  const comma = 'separate principals by one comma, without spaces';
  const refused: readonly (readonly [string, string, string])[] = [
    ['alice', 'principals and a key were expected', format],
    [`"alice ${alice.text}`, 'principals and a key were expected', format],
    [`a,,b ${alice.text}`, '"" is no pattern of 1 to 1024 characters', comma],
    [`a,! ${alice.text}`, '"!" is no pattern of 1 to 1024 characters', comma],
    [
      `${'x'.repeat(1025)} ${alice.text}`,
      `"${'x'.repeat(64)}" is no pattern of 1 to 1024 characters`,
      comma,
    ],
    ['a cert-authority', 'no public key was found', copy],
    [`a cert-authority,namespaces="git"`, 'no public key was found', copy],
    [
      `a namespaces="" ${alice.text}`,
      'the option namespaces holds no patterns: ""',
      'write namespaces="git"',
    ],
    [
      `a namespaces=git ${alice.text}`,
      'the option namespaces has no value in quotes',
      'write namespaces="…"',
    ],
    [
      `a verify-required ${alice.text}`,
      'an option was expected at "verify-required"',
      'the options are cert-authority, namespaces="…", valid-after="…", valid-before="…"',
    ],
    [`a ssh-ed25519 AAAA`, 'the key is not of the type "ssh-ed25519"', copy],
  ];
  for (const [text, problem, remedy] of refused) {
    it(`refuses ${text.slice(0, 60)}`, () => {
      assert.deepEqual(parse(`# comment\n${text}`), {
        status: 'invalid',
        problems: [{ line: 2, problem, remedy }],
      });
    });
  }

  it('names every line that is wrong, and uses none of the others', () => {
    const file = parse(`a ${alice.text}\nb\nc ${alice.text}\nd\n`);

    assert.deepEqual(file.status === 'invalid' && file.problems.map(({ line }) => line), [2, 4]);
  });

  it('refuses what is no text, and too much of it', () => {
    const max = SIGNATURE_LIMITS['signature.ssh.allowedSignersBytesMax'].default;

    assert.deepEqual(
      [parseAllowedSigners(Buffer.from([0xff])), parse('#'.repeat(max + 1))],
      [
        {
          status: 'invalid',
          problems: [
            {
              line: undefined,
              problem: 'the file is no text of UTF-8 without a byte order mark',
              remedy: format,
            },
          ],
        },
        {
          status: 'invalid',
          problems: [
            {
              line: undefined,
              problem: `the file has ${max + 1} bytes, at most ${max} are read`,
              remedy: 'remove lines, or certify keys by an authority (cert-authority)',
            },
          ],
        },
      ],
    );
  });

  it('reads whatever text without a fault, in time that grows with its length', () => {
    const unit = fc.constantFrom(
      'a ',
      alice.text,
      '"',
      '\\',
      ',',
      '=',
      ' ',
      '\n',
      'cert-authority ',
      '!',
    );
    fc.assert(fc.property(fc.string({ unit, maxLength: 40 }), (text) => void parse(text)));
    const long = 200_000;

    for (const text of ['"', ' ', '\\"', 'a ', 'a="', ',', '\r']) {
      assert.ok(['read', 'invalid'].includes(parse(`a ${text.repeat(long)}x`).status));
    }
  });
});
