/** Authentication of whoever reports what it has seen: by a bearer token of its own, or by a client certificate. */
import { createHash, timingSafeEqual } from 'node:crypto';
import {
  clientCertificates,
  type ClientAuthentication,
  type ClientAuthenticator,
} from './client-authentication.ts';

export interface SenderAuthenticationOptions {
  /** Reads the token; a reason names no part of it. Absent: no token counts. */
  readonly readToken?:
    | (() => Promise<
        | { readonly ok: true; readonly secret: string }
        | { readonly ok: false; readonly reason: string }
      >)
    | undefined;
  /** Absent: no certificate counts. */
  readonly commonNames?: readonly string[] | undefined;
}

/** Source: RFC 6750 section 2.1; the scheme is case-insensitive (RFC 9110 section 11.1). */
const BEARER = /^bearer +([^ ]+) *$/iu;

/** A token that is shown decides; a certificate counts where none is shown. */
export function senderAuthenticator({
  readToken,
  commonNames,
}: SenderAuthenticationOptions): ClientAuthenticator {
  const certificates = commonNames && clientCertificates(commonNames);
  return {
    authenticate: async (request) => {
      const shown = request.headers.authorization;
      if (shown !== undefined && readToken !== undefined) return judgeToken(shown, readToken);
      if (certificates !== undefined) return await certificates.authenticate(request);
      return refuse('No bearer token was shown');
    },
  };
}

async function judgeToken(
  shown: string,
  readToken: NonNullable<SenderAuthenticationOptions['readToken']>,
): Promise<ClientAuthentication> {
  const token = BEARER.exec(shown)?.[1];
  if (token === undefined) return refuse('The header authorization has no bearer token');
  const read = await readToken();
  if (!read.ok) return refuse('The token of this sender cannot be read here: see the log');
  // Of equal length, and in a time that says nothing of how much of it is right.
  return timingSafeEqual(hash(token), hash(read.secret))
    ? { status: 'authenticated', client: 'token' }
    : refuse('The bearer token is not the one of this sender');
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function refuse(reason: string): ClientAuthentication {
  return { status: 'refused', reason };
}
