/**
 * Client authentication. Otherwise anyone with access to the port could probe the policies and learn what is
 * protected.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

export type ClientAuthentication =
  | { readonly status: 'authenticated'; readonly client: string }
  /** Nobody is asked who they are. */
  | { readonly status: 'unproven' }
  | { readonly status: 'refused'; readonly reason: string };

/**
 * Authenticates the sender of a request. Asynchronous, because bearer tokens (API servers will authenticate
 * to webhooks with them, KEP-6060) can be another implementation.
 */
export interface ClientAuthenticator {
  readonly authenticate: (
    request: IncomingMessage,
  ) => ClientAuthentication | Promise<ClientAuthentication>;
}

/** Accepts everyone: for servers that only the API server can reach. */
export const anyClient: ClientAuthenticator = {
  authenticate: () => ({ status: 'unproven' }),
};

/**
 * Accepts the client certificates of the configured CA (TLS has checked chain, validity and purpose) with one of
 * the common names; without names, every certificate of the CA.
 */
export function clientCertificates(commonNames: readonly string[]): ClientAuthenticator {
  // Cached per connection: its certificate does not change, and reading it costs more than a decision.
  const known = new WeakMap<Socket, ClientAuthentication>();
  return {
    authenticate: ({ socket }) => {
      const before = known.get(socket);
      if (before !== undefined) return before;
      const result = authenticateSocket(socket, commonNames);
      known.set(socket, result);
      return result;
    },
  };
}

function authenticateSocket(socket: Socket, commonNames: readonly string[]): ClientAuthentication {
  if (!(socket instanceof TLSSocket)) return refuse('The connection is not encrypted');
  const subject = socket.getPeerX509Certificate()?.toLegacyObject().subject;
  if (subject === undefined) return refuse('No client certificate was presented');
  if (!socket.authorized) {
    return refuse(`The client certificate is not trusted: ${String(socket.authorizationError)}`);
  }
  // A subject may have several common names, and other software may read a different one: refuse it.
  const name: unknown = subject.CN;
  if (typeof name !== 'string') return refuse('The client certificate has not one common name');
  if (commonNames.length > 0 && !commonNames.includes(name)) {
    return refuse('The common name of the client certificate is not among the configured ones');
  }
  return { status: 'authenticated', client: name };
}

function refuse(reason: string): ClientAuthentication {
  return { status: 'refused', reason };
}
