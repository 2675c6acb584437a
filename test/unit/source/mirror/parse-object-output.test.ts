import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseObjectOutput } from '../../../../src/source/mirror/parse-object-output.ts';

const CONTENT = 'tree 1\n\nDeploy\n\0\u00FF';
const OBJECT = `commit ${Buffer.byteLength(CONTENT)}\0${CONTENT}`;
const SHA1 = createHash('sha1').update(OBJECT).digest('hex');
const SHA256 = createHash('sha256').update(OBJECT).digest('hex');

function output(objectId: string, content = CONTENT, size = Buffer.byteLength(content)): Buffer {
  return Buffer.from(`${objectId} commit ${size}\n${content}\n`);
}

test('parseObjectOutput() gives the bytes whose hash is the wanted id', () => {
  for (const objectId of [SHA1, SHA256]) {
    const parsed = parseObjectOutput(output(objectId), objectId);
    assert.ok(parsed.status === 'found' && parsed.kind === 'commit');
    assert.equal(Buffer.from(parsed.bytes).toString(), CONTENT);
  }
});

test('parseObjectOutput() refuses other bytes under the id', () => {
  const parsed = parseObjectOutput(output(SHA1, CONTENT.replace('Deploy', 'Attack')), SHA1);

  assert.equal(parsed.status, 'mismatch');
});

test('parseObjectOutput() tells what is missing and what is malformed', () => {
  assert.deepEqual(parseObjectOutput(Buffer.from(`${SHA1} missing\n`), SHA1), {
    status: 'missing',
  });
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('no newline'),
    Buffer.from(`${SHA1} commit\n`),
    output(SHA1, CONTENT, 5),
    output(SHA1).subarray(0, -2),
    Buffer.from(`${SHA1} ${'x'.repeat(500)}\n`),
  ]) {
    assert.deepEqual(parseObjectOutput(bytes, SHA1), { status: 'malformed' });
  }
});

test('parseObjectOutput() is total', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.notEqual(parseObjectOutput(bytes, SHA1).status, 'found');
    }),
  );
});
