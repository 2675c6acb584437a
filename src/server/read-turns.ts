/**
 * When the connections of strangers are read: a few at a time.
 *
 * The kernel reports all connections that have bytes at once, and Node reads them one after the other: what a thousand slow strangers
 * send in one moment, a byte each, would stand before the API server's reviews. A connection whose turn it is not is not watched; what is
 * sent on it stays in the kernel, and is read at one go.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { systemTimers, type Timers } from '../base/timers.ts';
import type { Clients } from './clients.ts';
import { SERVER_LIMITS } from './settings.ts';
import { SourceQueue } from './source-queue.ts';

const AT_ONCE = SERVER_LIMITS['limits.strangersReadAtOnce'].default;
const TURN_MS = SERVER_LIMITS['limits.strangersReadTurnMs'].default;

export interface ReadTurnsOptions {
  readonly clients: Pick<Clients, 'of'>;
  readonly timers?: Pick<Timers, 'every'> | undefined;
}

/** The connections of strangers. As long as they are few, all are read. */
export class ReadTurns {
  readonly #options: ReadTurnsOptions;
  readonly #followed = new Set<Socket>();
  readonly #waiting = new SourceQueue();
  readonly #reading = new Set<Socket>();
  #endTurns: (() => void) | undefined;

  constructor(options: ReadTurnsOptions) {
    this.#options = options;
  }

  /** Those that are not read at the moment. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** A stranger's connection, which is read at once: an API server with a new address is a stranger, and its first review is on its way. */
  enter(socket: Socket): void {
    this.#followed.add(socket);
    this.#reading.add(socket);
    socket.once('close', () => {
      this.#forget(socket);
    });
    if (this.#followed.size <= AT_ONCE || this.#endTurns !== undefined) return;
    const { timers = systemTimers } = this.#options;
    this.#endTurns = timers.every(TURN_MS, () => {
      this.#turn();
    });
  }

  #forget(socket: Socket): void {
    this.#followed.delete(socket);
    this.#reading.delete(socket);
  }

  #turn(): void {
    const before = [...this.#reading];
    this.#reading.clear();
    for (const socket of before) {
      const { standing, source } = this.#options.clients.of(socket);
      if (standing === 'stranger') this.#waiting.add(source, socket);
      else this.#forget(socket);
    }
    while (this.#reading.size < AT_ONCE) {
      const socket = this.#waiting.next();
      if (socket === undefined) break;
      // Whoever is no stranger any longer waits for nobody.
      if (this.#options.clients.of(socket).standing === 'stranger') this.#reading.add(socket);
      else this.#forget(socket);
      if (socket.isPaused()) socket.resume();
    }
    for (const socket of before) {
      if (this.#followed.has(socket) && !this.#reading.has(socket)) socket.pause();
    }
    if (this.#followed.size > AT_ONCE) return;
    this.#endTurns?.();
    this.#endTurns = undefined;
  }
}

/** Follows the connections of a TLS server whose clients are followed. */
export function followReads(server: Server, clients: Clients): ReadTurns {
  const turns = new ReadTurns({ clients });
  server.on('secureConnection', (socket: Socket) => {
    if (clients.of(socket).standing === 'stranger') turns.enter(socket);
  });
  return turns;
}
