/**
 * When TLS begins on the connections of strangers: a few at a time.
 *
 * A handshake takes a millisecond of the thread that admits. A thousand strangers who were turned away together come again together, and the
 * API server's reviews would wait for all of their handshakes. Whoever keeps a thousand connections that are turned away, and comes again for
 * ever, gets a part of the turns. The API server's own connections wait for nobody.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { MonotonicMs } from '../base/clock.ts';
import { systemTimers, type Timers } from '../base/timers.ts';
import type { Clients } from './clients.ts';
import { SERVER_LIMITS } from './settings.ts';
import { SourceQueue } from './source-queue.ts';
import { SourceRate } from './source-rate.ts';

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

const PER_SOURCE_PER_SECOND = SERVER_LIMITS['limits.sourceHandshakesPerSecond'].default;

export interface HandshakeTurnsOptions {
  /** Begins with TLS on a connection. */
  readonly begin: (socket: Socket) => void;
  readonly clients: Pick<Clients, 'of'>;
  readonly monotonicMs: () => MonotonicMs;
  readonly timers?: Pick<Timers, 'every'> | undefined;
}

/** Connections that wait for their turn, by turns of their sources. */
export class HandshakeTurns {
  readonly #options: HandshakeTurnsOptions;
  readonly #waiting = new SourceQueue();
  readonly #rate: SourceRate;
  #perTurn = PER_TURN;
  #endTurns: (() => void) | undefined;
  #isClosed = false;

  constructor(options: HandshakeTurnsOptions) {
    const { monotonicMs } = options;
    this.#options = options;
    this.#rate = new SourceRate({ perSecond: PER_SOURCE_PER_SECOND, monotonicMs });
  }

  /** Those that are not closed meanwhile. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Begins at once where none has begun in this turn, and its source has begun few. */
  enter(socket: Socket): void {
    if (this.#isClosed) {
      socket.destroy();
      return;
    }
    // TLS hears of errors once it has begun; before, a reset must not end the process.
    socket.on('error', () => {});
    const { clients, timers = systemTimers } = this.#options;
    const { source } = clients.of(socket);
    const isFirst = this.#endTurns === undefined;
    this.#endTurns ??= timers.every(TURN_MS, () => {
      this.#turn();
    });
    if (isFirst && this.#rate.allows(source)) this.#begin(socket);
    else this.#waiting.add(source, socket);
  }

  /** Closes those that wait; what comes later is closed at once. */
  close(): void {
    this.#isClosed = true;
    this.#endTurns?.();
    for (const socket of this.#waiting.clear()) socket.destroy();
  }

  #turn(): void {
    const { sources } = this.#waiting;
    if (sources === 0) {
      this.#endTurns?.();
      this.#endTurns = undefined;
      this.#perTurn = PER_TURN;
      return;
    }
    const perSource = Math.ceil((sources * TURN_MS) / SOURCE_WAIT_MS_MAX);
    // Not fewer while sources become fewer, or the last ones would wait longer than the first.
    this.#perTurn = Math.max(this.#perTurn, perSource);
    for (let left = this.#perTurn; left > 0; left -= 1) {
      const socket = this.#waiting.next((source) => this.#rate.allows(source));
      if (socket === undefined) return;
      this.#begin(socket);
    }
  }

  #begin(socket: Socket): void {
    const { begin, clients } = this.#options;
    this.#rate.take(clients.of(socket).source);
    begin(socket);
  }
}

export interface FollowHandshakesOptions {
  readonly clients: Clients;
  readonly monotonicMs: () => MonotonicMs;
}

/**
 * Follows the connections of a TLS server that does not listen yet, and decides when the handshake of each begins. The server does not read
 * from a connection before: what strangers send meanwhile stays in the kernel.
 */
export function followHandshakes(
  server: Server,
  { clients, monotonicMs }: FollowHandshakesOptions,
): HandshakeTurns {
  // node:tls begins in its listener of this event.
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  const begin = (socket: Socket): void => {
    for (const listener of listeners) listener.call(server, socket);
  };
  const turns = new HandshakeTurns({ begin, clients, monotonicMs });
  clients.follow(server);
  server.on('connection', (socket: Socket) => {
    if (clients.of(socket).standing === 'stranger') turns.enter(socket);
    else begin(socket);
  });
  return turns;
}
