import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, it } from 'node:test';
import { CREDENTIAL_FORMATS } from '../../../src/plaintext/credential-formats.ts';
import { classifyText } from '../../../src/plaintext/classify-text.ts';
import { SAMPLE_CREDENTIALS } from '../../support/sample-credentials.ts';

describe('the formats of credentials', () => {
  it('have a sample each', () => {
    assert.deepEqual(
      Object.keys(SAMPLE_CREDENTIALS).toSorted(),
      CREDENTIAL_FORMATS.map(({ kind }) => kind).toSorted(),
    );
  });

  for (const [kind, draw] of Object.entries(SAMPLE_CREDENTIALS)) {
    it(`know a ${kind} within a text, by its format alone`, () => {
      assert.deepEqual(classifyText(`first\n  "${draw()}"\nlast`), [kind]);
    });
  }

  it('pass over the examples of documents, and find what stands behind one', () => {
    const example = ['AKIA', 'IOSFODNN7EXAMPLE'].join('');
    assert.deepEqual(classifyText(example), []);
    assert.deepEqual(classifyText(`${example} ${SAMPLE_CREDENTIALS['AWS access key']()}`), [
      'AWS access key',
    ]);
  });

  it('take a time in proportion to a hostile text', () => {
    const parts = [
      'eyJ',
      '-eyJ',
      '.eyJ',
      '://',
      'a:',
      '"auth":"',
      'AKIA',
      'xoxb-1',
      'token=',
      '-----BEGIN ',
    ];
    const text = Array.from({ length: 60_000 }, () => parts[randomInt(parts.length)]).join('');
    const began = process.hrtime.bigint();
    classifyText(text.repeat(1));
    for (const part of parts) classifyText(part.repeat(Math.ceil(262_144 / part.length)));
    const tookMs = Number(process.hrtime.bigint() - began) / 1e6;
    // Eleven texts of the largest size; what tries again at each place would take minutes.
    assert.ok(tookMs < 5000, `${String(tookMs)} ms`);
  });
});
