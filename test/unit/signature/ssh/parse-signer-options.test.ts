import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseSignerOptions } from '../../../../src/signature/ssh/parse-signer-options.ts';

const NOTHING = {
  isAuthority: false,
  namespaces: undefined,
  validAfterMs: undefined,
  validBeforeMs: undefined,
};
const NEW_YEAR = Date.UTC(2026, 0, 1);

describe('parseSignerOptions()', () => {
  const table: readonly (readonly [string, object])[] = [
    ['cert-authority', { isAuthority: true }],
    ['CERT-Authority,Namespaces="git"', { isAuthority: true, namespaces: 'git' }],
    ['namespaces="git,file",cert-authority', { isAuthority: true, namespaces: 'git,file' }],
    [String.raw`namespaces="a\"b\c"`, { namespaces: String.raw`a"b\c` }],
    ['valid-after="20260101"', { validAfterMs: NEW_YEAR }],
    ['valid-after="20260101Z"', { validAfterMs: NEW_YEAR }],
    ['valid-before="202601011230"', { validBeforeMs: Date.UTC(2026, 0, 1, 12, 30) }],
    ['valid-before="20260101123059z"', { validBeforeMs: Date.UTC(2026, 0, 1, 12, 30, 59) }],
    ['valid-before="20260101UTC"', { validBeforeMs: NEW_YEAR }],
    [
      'valid-after="20260101",valid-before="20260102"',
      { validAfterMs: NEW_YEAR, validBeforeMs: Date.UTC(2026, 0, 2) },
    ],
  ];
  for (const [text, expected] of table) {
    it(`reads ${text}`, () => {
      assert.deepEqual(parseSignerOptions(text), {
        status: 'read',
        value: { ...NOTHING, ...expected },
      });
    });
  }

  const known = 'the options are cert-authority, namespaces="…", valid-after="…", valid-before="…"';
  const format = 'write YYYYMMDD or YYYYMMDDHHMM[SS], with Z at the end for UTC';
  const refused: readonly (readonly [string, string, string])[] = [
    ['no-touch-required', 'an option was expected at "no-touch-required"', known],
    ['cert-authority=yes', 'an option was expected at "cert-authority=yes"', known],
    ['cert-authority="yes"', 'an option was expected at "cert-authority="yes""', known],
    ['cert-authority,', 'an option was expected at ""', known],
    [',cert-authority', 'an option was expected at ",cert-authority"', known],
    ['namespaces="git"x', 'an option was expected at "namespaces="git"x"', known],
    ['namespaces="git', 'an option was expected at "namespaces="git"', known],
    ['namespaces=git', 'the option namespaces has no value in quotes', 'write namespaces="…"'],
    ['valid-after', 'the option valid-after has no value in quotes', 'write valid-after="…"'],
    ['namespaces="a",namespaces="b"', 'the option namespaces comes twice', 'write it once'],
    ['valid-after="2026"', 'the option valid-after is no time: "2026"', format],
    ['valid-before="20260230"', 'the option valid-before is no time: "20260230"', format],
    ['valid-before="20261301"', 'the option valid-before is no time: "20261301"', format],
    ['valid-before="202601012460"', 'the option valid-before is no time: "202601012460"', format],
    [
      'valid-after="20260101",valid-before="20260101"',
      'valid-before is not later than valid-after',
      'correct one of the two times',
    ],
  ];
  for (const [text, problem, remedy] of refused) {
    it(`refuses ${text}`, () => {
      assert.deepEqual(parseSignerOptions(text), { status: 'invalid', problem, remedy });
    });
  }

  it('reads whatever text without a fault, in time that grows with its length', () => {
    const unit = fc.constantFrom('cert-authority', 'namespaces=', '"', '\\', ',', 'a', ' ');
    fc.assert(fc.property(fc.string({ unit }), (text) => void parseSignerOptions(text)));

    assert.equal(parseSignerOptions(`namespaces="${'\\"'.repeat(50_000)}`).status, 'invalid');
  });
});
