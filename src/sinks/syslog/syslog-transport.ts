/**
 * Syslog over TLS (RFC 5425), written to a receiver that never answers.
 *
 * What there is instead of an answer is the end of the connection: who has read everything, closes it in good order after
 * we have closed our side; who has not, resets it. That is waited for after each batch, unless the receiver is known to
 * keep its side open.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { readTlsFiles } from '../../base/tls-files.ts';
import type { TlsFiles } from '../../base/tls-files.ts';
import { SECRET_LIMITS } from '../../settings/secret-reference.ts';

export interface SyslogTransportOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsFiles;
  /**
   * - `close`: the receiver has closed the connection in good order after the last message
   * - `write`: the system has taken the bytes, and the connection still stands a moment later
   */
  readonly confirm: 'close' | 'write';
}

/** `undefined` where the receiver has the bytes, as far as can be told; else what went wrong. */
export type SyslogFailure = string | undefined;

export interface SyslogTransport {
  /** Never rejects; ends with the signal. */
  readonly send: (bytes: Buffer, signal: AbortSignal) => Promise<SyslogFailure>;
  readonly close: () => void;
}

/** Nothing is connected yet. */
export function createSyslogTransport(options: SyslogTransportOptions): SyslogTransport {
  let kept: Line | undefined;
  return {
    send: async (bytes, signal) => {
      const line = kept?.isOpen() === true ? kept : new Line();
      kept = options.confirm === 'write' ? line : undefined;
      const failure = await line.send(bytes, { options, signal });
      if (failure !== undefined || options.confirm === 'close') line.destroy();
      return failure;
    },
    close: () => {
      kept?.destroy();
    },
  };
}

interface Sending {
  readonly options: SyslogTransportOptions;
  readonly signal: AbortSignal;
}

/** A receiver on the same machine shakes hands in a millisecond, and a busy one is later than its handshake was. */
const LINGER_MS_MIN = 25;

class Line {
  #socket: TLSSocket | undefined;
  #lingerMs = LINGER_MS_MIN;
  #peerHasEnded = false;
  /** Resolves when the connection is over, with the error that ended it or undefined. */
  readonly #over = Promise.withResolvers<SyslogFailure>();

  isOpen(): boolean {
    return this.#socket?.writable === true && !this.#peerHasEnded;
  }

  destroy(): void {
    this.#socket?.destroy();
  }

  async send(bytes: Buffer, { options, signal }: Sending): Promise<SyslogFailure> {
    const giveUp = (): void => this.destroy();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const failure =
        (await this.#open(options)) ?? (await this.#write(bytes)) ?? (await this.#linger());
      if (failure !== undefined) return signal.aborted ? TIME_IS_OVER : failure;
      if (options.confirm === 'write') return undefined;
      this.#socket?.end();
      return await this.#over.promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  async #open({ host, port, tls }: SyslogTransportOptions): Promise<SyslogFailure> {
    if (this.#socket !== undefined) return undefined;
    const read = await readTlsFiles(tls, SECRET_LIMITS['secret.bytesMax'].default);
    if (!read.ok) return read.reason;
    const startedMs = performance.now();
    const socket = connect({ host, port, ...read.material, minVersion: 'TLSv1.2' });
    this.#socket = socket;
    this.#watch(socket);
    const opened = new Promise<undefined>((resolve) => {
      socket.once('secureConnect', () => {
        resolve(undefined);
      });
    });
    const failure = await Promise.race([opened, this.#over.promise]);
    this.#lingerMs = Math.max(LINGER_MS_MIN, performance.now() - startedMs);
    return failure;
  }

  #watch(socket: TLSSocket): void {
    let failure: SyslogFailure;
    socket.setNoDelay(true);
    // Receivers say nothing; what one says all the same is read and forgotten, so that its end is seen.
    socket.resume();
    socket.on('error', (error: Error) => {
      failure = describe(error);
    });
    socket.on('end', () => {
      this.#peerHasEnded = true;
    });
    socket.on('close', () => {
      // Our own `destroy` ends without an error, and without an end of the other side.
      this.#over.resolve(failure ?? (this.#peerHasEnded ? undefined : NOT_CONFIRMED));
    });
  }

  async #write(bytes: Buffer): Promise<SyslogFailure> {
    const written = new Promise<undefined>((resolve) => {
      this.#socket?.write(bytes, (error) => {
        // An error comes with the end of the connection, which says more.
        if (!error) resolve(undefined);
      });
    });
    const failure = await Promise.race([written, this.#over.promise]);
    return this.#peerHasEnded ? (failure ?? CLOSED_EARLY) : failure;
  }

  /**
   * A receiver that will not have us (for our certificate, or because it is stopping) has closed before it read anything,
   * and its farewell is under way: it must not be taken for the answer to ours. It arrives within a round trip.
   */
  async #linger(): Promise<SyslogFailure> {
    const failure = await Promise.race([delay(this.#lingerMs, undefined), this.#over.promise]);
    return this.#peerHasEnded ? (failure ?? CLOSED_EARLY) : failure;
  }
}

const TIME_IS_OVER = 'The time for the batch was over';
const CLOSED_EARLY = 'The receiver closed the connection before the last message';
const NOT_CONFIRMED =
  'The receiver did not close the connection after the last message in time, so that nothing says that it has read them; set "confirm: write" where it never does';

/** The code alone: messages of the platform repeat addresses and certificates. */
function describe(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ECONNREFUSED') return 'The connection was refused';
  if (code === 'ECONNRESET') return 'The connection was cut off';
  return `The connection failed with ${typeof code === 'string' ? code : error.name}`;
}
