/**
 * When TLS begins on the connections of strangers: a few at a time.
 *
 * A handshake takes a millisecond of the thread that admits. A thousand strangers who were turned away together come again together, and the
 * API server's reviews would wait for all of their handshakes. Its own connections wait for nobody.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { systemTimers, type Timers } from '../base/timers.ts';
import type { Clients, Source } from './clients.ts';
import { SERVER_LIMITS } from './settings.ts';

const MS_PER_SECOND = 1000;
/** One handshake at the usual rate: reviews wait for no more than that. */
const TURN_MS = 10;
const PER_TURN =
  (SERVER_LIMITS['limits.strangersHandshakesPerSecond'].default * TURN_MS) / MS_PER_SECOND;
/**
 * However many sources there are, the first connection of each waits no longer than about this, which is far below the time-out of a webhook:
 * an API server that has another address than before is a stranger, too.
 */
const SOURCE_WAIT_MS_MAX = SERVER_LIMITS['limits.strangersHandshakeWaitMs'].default;

export interface HandshakeTurnsOptions {
  /** Begins with TLS on a connection. */
  readonly begin: (socket: Socket) => void;
  readonly timers?: Pick<Timers, 'every'> | undefined;
}

/** Connections that wait for their turn; each source has its own queue, and they take turns. */
export class HandshakeTurns {
  readonly #options: HandshakeTurnsOptions;
  /** The source whose turn is next first. */
  readonly #waiting = new Map<Source, Socket[]>();
  #perTurn = PER_TURN;
  #endTurns: (() => void) | undefined;
  #isClosed = false;

  constructor(options: HandshakeTurnsOptions) {
    this.#options = options;
  }

  /** Those that are not closed meanwhile. */
  get waiting(): number {
    let count = 0;
    for (const sockets of this.#waiting.values()) {
      for (const { destroyed } of sockets) if (!destroyed) count += 1;
    }
    return count;
  }

  /** Begins at once where none has begun in this turn. */
  enter(source: Source, socket: Socket): void {
    if (this.#isClosed) {
      socket.destroy();
      return;
    }
    // TLS hears of errors once it has begun; before, a reset must not end the process.
    socket.on('error', () => {});
    if (this.#endTurns !== undefined) {
      const sockets = this.#waiting.get(source);
      if (sockets === undefined) this.#waiting.set(source, [socket]);
      else sockets.push(socket);
      return;
    }
    const { begin, timers = systemTimers } = this.#options;
    this.#endTurns = timers.every(TURN_MS, () => {
      this.#turn();
    });
    begin(socket);
  }

  /** Closes those that wait; what comes later is closed at once. */
  close(): void {
    this.#isClosed = true;
    this.#endTurns?.();
    for (const socket of [...this.#waiting.values()].flat()) socket.destroy();
    this.#waiting.clear();
  }

  #turn(): void {
    if (this.#waiting.size === 0) {
      this.#endTurns?.();
      this.#endTurns = undefined;
      this.#perTurn = PER_TURN;
      return;
    }
    const perSource = Math.ceil((this.#waiting.size * TURN_MS) / SOURCE_WAIT_MS_MAX);
    // Not fewer while sources become fewer, or the last ones would wait longer than the first.
    this.#perTurn = Math.max(this.#perTurn, perSource);
    for (let left = this.#perTurn; left > 0; left -= 1) {
      const socket = this.#next();
      if (socket === undefined) return;
      this.#options.begin(socket);
    }
  }

  /** The next one that is still open; its source is the last one afterwards. */
  #next(): Socket | undefined {
    for (const [source, sockets] of this.#waiting) {
      this.#waiting.delete(source);
      const open = sockets.findIndex(({ destroyed }) => !destroyed);
      if (open < 0) continue;
      const [socket, ...others] = sockets.slice(open);
      if (others.length > 0) this.#waiting.set(source, others);
      return socket;
    }
    return undefined;
  }
}

/**
 * Follows the connections of a TLS server that does not listen yet, and decides when the handshake of each begins. The server does not read
 * from a connection before: what strangers send meanwhile stays in the kernel.
 */
export function followHandshakes(server: Server, clients: Clients): HandshakeTurns {
  // node:tls begins in its listener of this event.
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  const begin = (socket: Socket): void => {
    for (const listener of listeners) listener.call(server, socket);
  };
  const turns = new HandshakeTurns({ begin });
  clients.follow(server);
  server.on('connection', (socket: Socket) => {
    const { standing, source } = clients.of(socket);
    if (standing === 'stranger') turns.enter(source, socket);
    else begin(socket);
  });
  return turns;
}
