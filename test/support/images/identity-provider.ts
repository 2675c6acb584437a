/** An OpenID Connect provider on loopback that says of anybody who asks what the test wants: discovery, keys, and identity tokens. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClosingHooks } from '../closing-hooks.ts';

/** For whom Fulcio takes tokens. */
export const AUDIENCE = 'sigstore';

/** Who somebody is. */
export interface IdentityClaims {
  readonly sub: string;
  readonly [claim: string]: string | boolean;
}

const KEY_ID = 'tests';
const TOKEN_SECONDS = 300;

/** `start()` makes its key; it ends with the test. Source: OpenID Connect Discovery 1.0, section 4; RFC 7517. */
export class IdentityProvider {
  /** Its URL, as in the claim `iss`. */
  readonly issuer: string;
  readonly #keys: ReturnType<typeof makeKeys>;

  private constructor(issuer: string, keys: ReturnType<typeof makeKeys>) {
    this.issuer = issuer;
    this.#keys = keys;
  }

  static async start(t: ClosingHooks): Promise<IdentityProvider> {
    const keys = makeKeys();
    const server = createServer((request, response) => {
      const documents = describeProvider(issuer, keys);
      const found = documents.get(request.url ?? '');
      response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(found ?? {}));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    const issuer = `http://127.0.0.1:${port}`;
    return new IdentityProvider(issuer, keys);
  }

  /** An identity token with these claims and those that each has (OpenID Connect Core 1.0, section 2). */
  issueToken(claims: IdentityClaims): string {
    const seconds = Math.floor(Date.now() / 1000);
    const times = { iat: seconds, exp: seconds + TOKEN_SECONDS };
    const all = { ...claims, iss: this.issuer, aud: AUDIENCE, ...times };
    const text = [{ typ: 'JWT', alg: 'ES256', kid: KEY_ID }, all]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const key = { key: this.#keys.privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
  }
}

/** Somebody whose address is verified. */
export function addressClaims(email: string): IdentityClaims {
  return { sub: email, email, email_verified: true };
}

function makeKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function describeProvider(issuer: string, { publicKey }: ReturnType<typeof makeKeys>) {
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'ES256', use: 'sig' };
  return new Map<string, object>([
    [
      '/.well-known/openid-configuration',
      {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ['id_token'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['ES256'],
      },
    ],
    ['/keys', { keys: [jwk] }],
  ]);
}
