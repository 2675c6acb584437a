/** Requests and answers of HTTP/1.1 as they are on the wire, for what a client library would not send. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { reviewOf } from './mangled-reviews.ts';
import type { TestServer } from './test-server.ts';

/** What a review has beside its length. */
export const USUAL_HEADERS: readonly string[] = ['Host: x', 'Content-Type: application/json'];
export interface RawRequest {
  readonly line?: string;
  readonly headers?: readonly string[];
  readonly body?: string | Uint8Array;
}

/** The bytes of a request; without headers, as the API server sends it. */
export function formatRequest({ line, headers, body = reviewOf({}) }: RawRequest): Buffer {
  const bytes = Buffer.from(body);
  const all = headers ?? [...USUAL_HEADERS, `Content-Length: ${bytes.length}`];
  const head = [line ?? 'POST /validate HTTP/1.1', ...all];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]);
}

/** A connection to a server of a test. */
export async function openSocket({ server: { url }, authority }: TestServer): Promise<TLSSocket> {
  const port = Number(new URL(url).port);
  const socket = connect({ host: '127.0.0.1', port, ca: authority.cert });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  return socket;
}

/** One answer on a connection of its own. */
export async function exchange(request: Buffer, target: TestServer): Promise<string> {
  return exchangeOn(await openSocket(target), request);
}

/** One answer, as it was sent, without the time of day; empty if the server closes first. Ends the connection. */
export async function exchangeOn(socket: Socket, request: Buffer): Promise<string> {
  socket.write(request);
  let received = Buffer.alloc(0);
  try {
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk]);
      if (isWhole(received)) break;
    }
  } finally {
    socket.destroy();
  }
  return received.toString().replace(/\r\nDate: [^\r]*/i, '');
}

function isWhole(received: Buffer): boolean {
  const text = received.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const bodyBytes = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
  return end !== -1 && text.length >= end + 4 + bodyBytes;
}
