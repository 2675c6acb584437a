import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatSignedHeaders,
  type AwsCredentials,
} from '../../../../../src/image/registry/providers/format-aws-signature.ts';

/** Of AWS's own test suite for Signature Version 4: keys of nobody. */
const EXAMPLE: AwsCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

function sign(
  headers: Readonly<Record<string, string>>,
  body = '',
  credentials: AwsCredentials = EXAMPLE,
) {
  return formatSignedHeaders(
    { method: 'POST', host: 'example.amazonaws.com', headers, body },
    {
      credentials,
      region: 'us-east-1',
      service: 'service',
      wallMs: Date.UTC(2015, 7, 30, 12, 36, 0, 999),
    },
  );
}

const SCOPE = 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request';

test('formatSignedHeaders() signs as the test suite of AWS does', () => {
  assert.deepEqual(sign({}), {
    'x-amz-date': '20150830T123600Z',
    authorization: `${SCOPE}, SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b`,
  });
  const type = 'application/x-www-form-urlencoded';
  assert.deepEqual(sign({ 'Content-Type': type }, 'Param1=value1'), {
    'Content-Type': type,
    'x-amz-date': '20150830T123600Z',
    authorization: `${SCOPE}, SignedHeaders=content-type;host;x-amz-date, Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a`,
  });
});

test('formatSignedHeaders() signs the token of a session, too', () => {
  const headers = sign({}, '', { ...EXAMPLE, sessionToken: 'session' });
  assert.equal(headers['x-amz-security-token'], 'session');
  assert.match(
    headers['authorization'] ?? '',
    /SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/u,
  );
  assert.notEqual(
    headers['authorization'],
    sign({}, '', { ...EXAMPLE, sessionToken: 'other' })['authorization'],
  );
});
