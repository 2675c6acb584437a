/** Requests over TLS, for tests of the server: one answer each, on one connection or many. */
import { Agent, request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';

export interface HttpsRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface HttpsAnswer {
  readonly httpStatus: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The SHA-256 fingerprint of the certificate that the server showed. */
  readonly fingerprint: string;
  /** The client's port: the same for two answers on one connection. */
  readonly localPort: number;
}

export interface HttpsClient {
  readonly send: (path: string, options?: HttpsRequest) => Promise<HttpsAnswer>;
  /** Posts JSON. */
  readonly post: (path: string, body: string | Uint8Array) => Promise<HttpsAnswer>;
  readonly close: () => void;
}

export interface HttpsClientOptions {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
  readonly maxVersion?: 'TLSv1.2';
  readonly connectionsMax?: number;
}

/** A client with keep-alive that trusts one authority. */
export function createHttpsClient(origin: string, options: HttpsClientOptions): HttpsClient {
  const { connectionsMax = 1, ...tls } = options;
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: connectionsMax });
  async function send(
    path: string,
    { method = 'GET', headers = {}, body }: HttpsRequest = {},
  ): Promise<HttpsAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpsAnswer>();
    const outgoing = request(`${origin}${path}`, { agent, method, headers }, (response) => {
      const { socket, statusCode = 0 } = response;
      const known = {
        httpStatus: statusCode,
        headers: response.headers,
        fingerprint: fingerprintOf(socket),
        localPort: socket.localPort ?? 0,
      };
      text(response).then((received) => resolve({ ...known, body: received }), reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
    return promise;
  }
  return {
    send,
    post: (path, body) =>
      send(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
    close: () => {
      agent.destroy();
    },
  };
}

function fingerprintOf(socket: Socket): string {
  if (!(socket instanceof TLSSocket)) throw new Error('The connection is not encrypted');
  return socket.getPeerX509Certificate()?.fingerprint256 ?? 'none';
}
