/**
 * Syslog over TLS (RFC 5425), a protocol without acknowledgements.
 *
 * The end of the connection serves as acknowledgement: after we close our side, a receiver that has read everything
 * closes the connection in order; any other resets it. We wait for that after each batch, unless the receiver is
 * configured as one that keeps its side open.
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
   * - `close`: the receiver closed the connection in order after the last message
   * - `write`: the system accepted the bytes, and the connection is still open a moment later
   */
  readonly confirm: 'close' | 'write';
}

/** `undefined` if the receiver has the bytes, as far as can be determined; otherwise the failure. */
export type SyslogFailure = string | undefined;

export interface SyslogTransport {
  /** Never rejects; ends at the signal. */
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

/**
 * A local receiver completes the handshake in a millisecond, and a busy one responds later than in the
 * handshake.
 */
const LINGER_MS_MIN = 25;

class Line {
  #socket: TLSSocket | undefined;
  #lingerMs = LINGER_MS_MIN;
  #peerHasEnded = false;
  /** Resolves when the connection has ended, with its error or undefined. */
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
    // Receivers send nothing; unexpected data is read and discarded, so that the end of the stream is
    // detected.
    socket.resume();
    socket.on('error', (error: Error) => {
      failure = describe(error);
    });
    socket.on('end', () => {
      this.#peerHasEnded = true;
    });
    socket.on('close', () => {
      // Our own `destroy` causes neither an error nor an end from the other side.
      this.#over.resolve(failure ?? (this.#peerHasEnded ? undefined : NOT_CONFIRMED));
    });
  }

  async #write(bytes: Buffer): Promise<SyslogFailure> {
    const written = new Promise<undefined>((resolve) => {
      this.#socket?.write(bytes, (error) => {
        // An error arrives with the end of the connection, which has more details.
        if (!error) resolve(undefined);
      });
    });
    const failure = await Promise.race([written, this.#over.promise]);
    return this.#peerHasEnded ? (failure ?? CLOSED_EARLY) : failure;
  }

  /**
   * A receiver that rejects us (because of our certificate, or because it is stopping) closes before it reads anything.
   * Its close must not be mistaken for the acknowledgement; it arrives within a round trip.
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

/** The code alone: messages of the platform contain addresses and certificates. */
function describe(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ECONNREFUSED') return 'The connection was refused';
  if (code === 'ECONNRESET') return 'The connection was cut off';
  return `The connection failed with ${typeof code === 'string' ? code : error.name}`;
}
