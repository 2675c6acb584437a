/** A target on loopback for tests of what we send: TLS or plain, and each answer as the test says. */
import { createServer as createPlainServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { serverCertificatesOf } from '../certificates.ts';

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TargetReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Instead of a text. */
  readonly bytes?: Uint8Array;
  /** Nothing is sent before this resolves. */
  readonly after?: Promise<unknown>;
  /** The connection is cut instead: before anything is sent, or within the body. */
  readonly cut?: 'before' | 'within';
}

export type TargetHandler = (request: ReceivedRequest) => TargetReply;

export interface HttpsTargetFixture {
  readonly url: string;
  readonly port: number;
  /** PEM of the authority that signed the target's certificate. */
  readonly ca: string;
  readonly requests: readonly ReceivedRequest[];
  /** How many connections were made. */
  readonly connections: () => number;
  /** From now on answers so. */
  readonly answer: (handler: TargetHandler) => void;
  /** Closes connections that wait for a further request. */
  readonly closeIdle: () => void;
  readonly stop: () => Promise<void>;
}

export interface HttpsTargetOptions {
  readonly handler?: TargetHandler;
  readonly plain?: boolean;
  /** Whose certificate it has. @default target */
  readonly owner?: string;
}

/** Starts it on a free port of 127.0.0.1. */
export async function startHttpsTarget(
  options: HttpsTargetOptions = {},
): Promise<HttpsTargetFixture> {
  const { authority, server: pair } = serverCertificatesOf(options.owner ?? 'target');
  let handler: TargetHandler = options.handler ?? (() => ({}));
  let connections = 0;
  const requests: ReceivedRequest[] = [];
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    void receive(incoming).then((received) => {
      requests.push(received);
      return reply(outgoing, handler(received));
    });
  };
  const server: Server =
    options.plain === true ? createPlainServer(listener) : createServer(pair, listener);
  server.on(options.plain === true ? 'connection' : 'secureConnection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.plain === true ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    ca: authority.cert,
    requests,
    connections: () => connections,
    answer: (next) => {
      handler = next;
    },
    closeIdle: () => {
      server.closeIdleConnections();
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function receive(incoming: IncomingMessage): Promise<ReceivedRequest> {
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    body: await text(incoming),
  };
}

async function reply(
  outgoing: ServerResponse,
  { status = 200, headers = {}, body = '', bytes, after, cut }: TargetReply,
): Promise<void> {
  await after;
  if (cut === 'before') {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(status, {
    ...headers,
    'content-length': bytes?.length ?? Buffer.byteLength(body),
  });
  if (cut === 'within') {
    outgoing.write(body.slice(0, 1), () => outgoing.destroy());
    return;
  }
  outgoing.end(bytes ?? body);
}
