/**
 * Strangers who hold what they can of a server: each has a connection, sends a review byte by byte and never ends it. Whose connection is
 * closed opens another one.
 */
import { connect as connectTcp } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';

export interface SlowStrangers {
  /** Those that are connected. */
  readonly connected: () => number;
  /** How often a connection was closed, by the server. */
  readonly closed: () => number;
  readonly stop: () => void;
}

export interface SlowStrangersOptions {
  readonly port: number;
  readonly count: number;
  /** Of each: how long until the next byte. */
  readonly byteEveryMs: number;
  /** How many addresses they have. @default 1 */
  readonly addresses?: number;
  /** A name that the certificate of the server has. */
  readonly servername: string;
}

/** On Linux every address of 127.0.0.0/8 is this machine; the API server of tests has another one. */
const ADDRESS = '127.0.0.66';
const MANY_ADDRESSES = '127.0.66.';
const HEAD =
  'POST /validate?timeout=10s HTTP/1.1\r\nHost: holdfast\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{';
/** Whoever was turned away comes again in so many milliseconds. */
const RETURN_MS = 500;
/** Handshakes that are open at a time: more would be a flood of handshakes, which is another attack. */
const HANDSHAKES_MAX = 16;

/** Begins to connect all of them; some may never be let in. */
export function startSlowStrangers({
  port,
  count,
  byteEveryMs,
  addresses = 1,
  servername,
}: SlowStrangersOptions): SlowStrangers {
  const sockets = new Set<TLSSocket>();
  const timers = new Set<NodeJS.Timeout>();
  let waiting = count;
  let handshakes = 0;
  let begun = 0;
  let connected = 0;
  let closed = 0;
  let isOver = false;
  const open = (): void => {
    while (!isOver && waiting > 0 && handshakes < HANDSHAKES_MAX) {
      waiting -= 1;
      handshakes += 1;
      begin();
    }
  };
  const begin = (): void => {
    begun += 1;
    const localAddress = addresses === 1 ? ADDRESS : `${MANY_ADDRESSES}${1 + (begun % addresses)}`;
    const tcp = connectTcp({ host: '127.0.0.1', port, localAddress });
    tcp.on('error', () => {});
    const socket = connect({ socket: tcp, servername, rejectUnauthorized: false });
    sockets.add(socket);
    let isSecure = false;
    let drip: NodeJS.Timeout | undefined;
    socket.on('error', () => {});
    socket.once('secureConnect', () => {
      isSecure = true;
      handshakes -= 1;
      connected += 1;
      socket.write(HEAD);
      drip = setInterval(() => socket.write(' '), byteEveryMs);
      open();
    });
    socket.once('close', () => {
      clearInterval(drip);
      sockets.delete(socket);
      if (isSecure) connected -= 1;
      else handshakes -= 1;
      if (isOver) return;
      closed += 1;
      const timer = setTimeout(() => {
        timers.delete(timer);
        waiting += 1;
        open();
      }, RETURN_MS);
      timers.add(timer);
    });
  };
  open();
  return {
    connected: () => connected,
    closed: () => closed,
    stop: () => {
      isOver = true;
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
    },
  };
}
