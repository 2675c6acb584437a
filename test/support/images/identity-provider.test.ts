import assert from 'node:assert/strict';
import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { test } from 'node:test';
import { isRecord } from '../../../src/base/is-record.ts';
import { addressClaims, IdentityProvider } from './identity-provider.ts';

test('an identity token says who, and is signed by the key that the discovery leads to', async (t) => {
  const provider = await IdentityProvider.start(t);
  const token = provider.issueToken(addressClaims('ada@example.com'));
  const discovery = await fetchJson(`${provider.issuer}/.well-known/openid-configuration`);
  const { keys } = await fetchJson(String(discovery['jwks_uri']));

  const [head = '', claims = '', signature = ''] = token.split('.');
  const { iss, aud, email, email_verified: isVerified } = decode(claims);
  assert.deepEqual(
    { iss, aud, email, isVerified },
    { iss: provider.issuer, aud: 'sigstore', email: 'ada@example.com', isVerified: true },
  );
  assert.equal(discovery['issuer'], provider.issuer);

  assert.ok(Array.isArray(keys));
  const [jwk]: readonly JsonWebKey[] = keys;
  assert.ok(jwk !== undefined);
  assert.equal(jwk['kid'], decode(head)['kid']);
  assert.equal('d' in jwk, false);
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  assert.equal(isSigned, true);
});

test('the provider has nothing at other paths', async (t) => {
  const { issuer } = await IdentityProvider.start(t);
  assert.equal((await fetch(`${issuer}/authorize`)).status, 404);
});

async function fetchJson(url: string): Promise<Readonly<Record<string, unknown>>> {
  return parse(await (await fetch(url)).text());
}

function decode(part: string): Readonly<Record<string, unknown>> {
  return parse(Buffer.from(part, 'base64url').toString());
}

function parse(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  assert.ok(isRecord(value));
  return value;
}
