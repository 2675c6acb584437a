/** Reads frames of RFC 5425 strictly, and behaves badly on request. */
import { createServer } from 'node:tls';
import type { Server, TLSSocket } from 'node:tls';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { serverCertificatesOf, makeTestFolder } from '../certificates.ts';
import type { TestPair } from '../certificates.ts';

/**
 * - `reads`: reads to the end, then closes
 * - `reads-and-stays`: reads, and never closes
 * - `closes-at-once`: closes in good order without having read
 * - `resets`: cuts the connection when the first bytes come
 */
export type ReceiverManner = 'reads' | 'reads-and-stays' | 'closes-at-once' | 'resets';

export interface SyslogReceiver {
  readonly port: number;
  readonly caFile: string;
  readonly authority: TestPair;
  /** Whole messages, in order. */
  readonly messages: readonly string[];
  readonly connections: () => number;
  /** How many senders have said that they send no more. */
  readonly ended: () => number;
  readonly behave: (manner: ReceiverManner) => void;
  /** Ends every connection in good order. */
  readonly hangUp: () => void;
}

/** Starts it on a free port; it ends with the test. */
export async function startSyslogReceiver(
  t: TestContext,
  options: { readonly requestClientCertificate?: boolean; readonly owner?: string } = {},
): Promise<SyslogReceiver> {
  const { authority, server: pair } = serverCertificatesOf(options.owner ?? 'log');
  const folder = makeTestFolder();
  const messages: string[] = [];
  const sockets = new Set<TLSSocket>();
  let manner: ReceiverManner = 'reads';
  let connections = 0;
  let ended = 0;
  const wantsCertificate = options.requestClientCertificate === true;
  const server: Server = createServer(
    {
      ...pair,
      ca: authority.cert,
      requestCert: wantsCertificate,
      rejectUnauthorized: wantsCertificate,
      allowHalfOpen: true,
    },
    (socket) => {
      connections += 1;
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('end', () => {
        ended += 1;
      });
      serve(socket, { manner, messages });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const raw = new Set<Socket>();
  server.on('connection', (socket: Socket) => raw.add(socket));
  t.after(async () => {
    for (const socket of [...sockets, ...raw]) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    folder.remove();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    caFile: folder.write('ca.crt', authority.cert),
    authority,
    messages,
    connections: () => connections,
    ended: () => ended,
    behave: (next) => {
      manner = next;
    },
    hangUp: () => {
      for (const socket of sockets) socket.end();
    },
  };
}

function serve(
  socket: TLSSocket,
  { manner, messages }: { readonly manner: ReceiverManner; readonly messages: string[] },
): void {
  if (manner === 'closes-at-once') {
    socket.end();
    return;
  }
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    if (manner === 'resets') {
      // What has not been read makes the farewell a reset.
      socket.destroy();
      return;
    }
    const { frames, remainder } = readFrames(Buffer.concat([rest, chunk]));
    messages.push(...frames);
    rest = remainder;
  });
  socket.on('end', () => {
    if (manner === 'reads') socket.end();
  });
}

/** The whole frames at the beginning, and what is left. Throws where a length is no length (RFC 5425 section 4.3). */
export function readFrames(bytes: Buffer): {
  readonly frames: readonly string[];
  readonly remainder: Buffer<ArrayBuffer>;
} {
  const frames: string[] = [];
  let at = 0;
  for (;;) {
    const space = bytes.indexOf(0x20, at);
    if (space === -1) break;
    const length = bytes.subarray(at, space).toString();
    if (!/^[1-9]\d*$/u.test(length)) throw new Error(`"${length}" is no length of a frame`);
    const end = space + 1 + Number(length);
    if (end > bytes.length) break;
    frames.push(bytes.subarray(space + 1, end).toString());
    at = end;
  }
  return { frames, remainder: Buffer.from(bytes.subarray(at)) };
}
