import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeBase64 } from '../../../src/signature/decode-base64.ts';

it('decodes the one encoding of bytes, and nothing that is merely similar', () => {
  const texts = ['', 'AA==', 'AAA=', 'AAAA', 'AB==', 'AA', 'AA=', '_-__', 'AA==AA==', 'A A=', 'é'];

  assert.deepEqual(
    texts.filter((text) => decodeBase64(text) !== undefined),
    ['', 'AA==', 'AAA=', 'AAAA'],
  );
});
