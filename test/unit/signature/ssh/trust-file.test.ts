import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatTrustFileProblems,
  readLines,
  refuseFile,
} from '../../../../src/signature/ssh/trust-file.ts';

describe('formatTrustFileProblems()', () => {
  it('names file, line, problem and remedy', () => {
    const problems = [
      { line: 3, problem: 'no public key was found', remedy: 'copy it' },
      { line: undefined, problem: 'the file is damaged', remedy: 'make it again' },
    ];

    assert.equal(
      formatTrustFileProblems('allowed_signers', problems),
      'allowed_signers:3: no public key was found: copy it\nallowed_signers: the file is damaged: make it again',
    );
  });

  it('counts problems beyond the limit', () => {
    const problems = Array.from({ length: 52 }, (_, index) => ({
      line: index + 1,
      problem: 'p',
      remedy: 'r',
    }));
    const lines = formatTrustFileProblems('f', problems).split('\n');

    assert.deepEqual(
      [lines.length, lines.at(-2), lines.at(-1)],
      [51, 'f:50: p: r', 'f: and 2 more'],
    );
  });
});

describe('readLines()', () => {
  it('leaves out comments and empty lines, and counts them', () => {
    assert.deepEqual(readLines(Buffer.from('# a\n\n  b c\t\r\n   # d\ne')), [
      { line: 3, text: 'b c' },
      { line: 5, text: 'e' },
    ]);
  });

  it('reads no bytes that are no text', () => {
    assert.deepEqual(
      [Buffer.from([0xff]), Buffer.from('\u{FEFF}a'), Buffer.from('a\0')].map(readLines),
      [undefined, undefined, undefined],
    );
  });
});

it('refuseFile() has no line', () => {
  assert.deepEqual(refuseFile({ problem: 'p', remedy: 'r' }), {
    status: 'invalid',
    problems: [{ line: undefined, problem: 'p', remedy: 'r' }],
  });
});
