import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCloudError } from '../../../../../src/image/registry/providers/parse-cloud-error.ts';

function read(value: unknown): string | undefined {
  return parseCloudError(Buffer.from(JSON.stringify(value)));
}

test('parseCloudError() finds the code of each cloud', () => {
  assert.equal(read({ __type: 'AccessDeniedException', message: 'x' }), 'AccessDeniedException');
  assert.equal(
    read({ __type: 'com.amazonaws.ecr#ServerException', message: 'x' }),
    'ServerException',
  );
  assert.equal(
    read({ Error: { Code: 'InvalidIdentityToken', Message: 'x' }, RequestId: '1' }),
    'InvalidIdentityToken',
  );
  assert.equal(
    read({ error: 'invalid_client', error_description: 'AADSTS700213: No matching x' }),
    'AADSTS700213',
  );
  assert.equal(read({ error: 'invalid_client', error_description: 'x' }), 'invalid_client');
  assert.equal(read({ errors: [{ code: 'UNAUTHORIZED', message: 'x' }] }), 'UNAUTHORIZED');
});

test('parseCloudError() finds none where there is none, or no word', () => {
  for (const value of [
    null,
    [],
    'AccessDenied',
    {},
    { error: 7 },
    { errors: [] },
    { errors: 'UNAUTHORIZED' },
    { errors: [{ code: 7 }] },
    { Error: 'AccessDenied' },
    { __type: 'token=secret value' },
    { __type: 'x'.repeat(65) },
    { __type: '' },
    { error: 'line\nbreak' },
  ]) {
    assert.equal(read(value), undefined, JSON.stringify(value));
  }
  assert.equal(parseCloudError(Buffer.from('<Error><Code>AccessDenied</Code></Error>')), undefined);
});

test('parseCloudError() returns a word of the cloud, whatever it answers', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.string({ unit: 'binary' }),
        fc.string().map((__type) => JSON.stringify({ __type })),
      ),
      (text) => {
        const code = parseCloudError(Buffer.from(text));
        if (code !== undefined) assert.match(code, /^[A-Za-z][\w.]{0,63}$/u);
      },
    ),
  );
});
