/** A queue for connections that wait for their turn. */
import type { Socket } from 'node:net';
import type { Source } from './clients.ts';

/** Each source has a queue of its own, and sources take turns, however many connections one has. */
export class SourceQueue {
  /** The source whose turn is next first. */
  readonly #waiting = new Map<Source, Socket[]>();

  get sources(): number {
    return this.#waiting.size;
  }

  /** Those that are not closed meanwhile. Counts them. */
  get size(): number {
    let count = 0;
    for (const sockets of this.#waiting.values()) {
      for (const { destroyed } of sockets) if (!destroyed) count += 1;
    }
    return count;
  }

  add(source: Source, socket: Socket): void {
    const sockets = this.#waiting.get(source);
    if (sockets === undefined) this.#waiting.set(source, [socket]);
    else sockets.push(socket);
  }

  /** Takes the next one that is still open, of those sources that may; its source is the last one afterwards. */
  next(mayTake: (source: Source) => boolean = () => true): Socket | undefined {
    for (const [source, sockets] of this.#waiting) {
      if (!mayTake(source)) continue;
      this.#waiting.delete(source);
      let socket = sockets.shift();
      while (socket?.destroyed) socket = sockets.shift();
      if (sockets.length > 0) this.#waiting.set(source, sockets);
      if (socket !== undefined) return socket;
    }
    return undefined;
  }

  /** Takes all of them. */
  clear(): readonly Socket[] {
    const sockets = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    return sockets;
  }
}
