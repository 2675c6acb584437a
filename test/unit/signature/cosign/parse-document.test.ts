import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import {
  base64Schema,
  parseDocument,
  unsignedSchema,
} from '../../../../src/signature/cosign/parse-document.ts';
import { COSIGN_LIMITS } from '../../../../src/signature/cosign/settings.ts';

const schema = z.looseObject({ bytes: base64Schema, count: unsignedSchema });
const what = 'The document';

function codeOf(text: string | Buffer): string {
  const document = parseDocument(Buffer.from(text), { schema, what });
  return document.status === 'rejected' ? document.code : document.status;
}

test('parseDocument() reads bytes and numbers of 64 bits', () => {
  const text = '{"bytes":"AAE=","count":"9007199254740993"}';
  assert.deepEqual(parseDocument(Buffer.from(text), { schema, what }), {
    status: 'parsed',
    value: { bytes: Buffer.from([0, 1]), count: 9007199254740993n },
  });
});

test('parseDocument() names the place of what it does not expect, and shows no value', () => {
  assert.deepEqual(parseDocument(Buffer.from('{"bytes":"secret!","count":1}'), { schema, what }), {
    status: 'rejected',
    code: 'malformed_signature',
    reason: 'The document is not as expected at "bytes"',
  });
});

test('parseDocument() refuses what two readers could read differently', () => {
  for (const text of [
    '',
    '{"bytes":"AAE=","bytes":"AAE=","count":1}',
    '{"bytes":"AAF=","count":1}',
    '{"bytes":"AAE","count":1}',
    '{"bytes":"AAE=","count":-1}',
    '{"bytes":"AAE=","count":"0x1"}',
    '{"bytes":"AAE=","count":1.5}',
    '[]',
    Buffer.from([0xff]),
    `${'['.repeat(200)}${']'.repeat(200)}`,
  ]) {
    assert.equal(codeOf(text), 'malformed_signature');
  }
});

test('parseDocument() reads no document beyond the limit', () => {
  const bytesMax = COSIGN_LIMITS['signature.cosign.documentBytesMax'].default;
  assert.equal(codeOf(Buffer.alloc(bytesMax + 1, ' ')), 'limit_exceeded');
});
