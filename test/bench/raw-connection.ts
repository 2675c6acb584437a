/**
 * One keep-alive HTTP/1.1 connection that sends prepared bytes, so that measuring costs less than what is measured.
 *
 * Only what a benchmark needs of RFC 9112: one request at a time, answers with `Content-Length`.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

const HEADER_END = Buffer.from('\r\n\r\n');
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;

/** What came back: the status and the body's bytes. */
export interface RawAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** The bytes of one POST, built once and sent many times. */
export function prepareRequest(url: URL, body: Buffer): Buffer {
  const head = [
    `POST ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

/** A connection whose `onAnswer` is called once for each `send`. */
export class RawConnection {
  readonly #socket: Socket;
  #pending: Buffer | undefined;
  #onAnswer: ((answer: RawAnswer) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#take(chunk);
    });
  }

  /** Connects; certificates are not verified, since the server under test was started by this very bench. */
  static async open(url: URL, onLost: (reason: string) => void): Promise<RawConnection> {
    const port = Number(url.port);
    const secure = url.protocol === 'https:';
    const socket = secure
      ? connectTls({ host: url.hostname, port, rejectUnauthorized: false })
      : connectTcp({ host: url.hostname, port });
    await new Promise<void>((resolve, reject) => {
      socket.once(secure ? 'secureConnect' : 'connect', resolve);
      socket.once('error', reject);
    });
    const connection = new RawConnection(socket);
    socket.on('error', (error: Error) => {
      onLost(error.message);
    });
    socket.on('close', () => {
      onLost('closed');
    });
    return connection;
  }

  send(request: Buffer, onAnswer: (answer: RawAnswer) => void): void {
    this.#onAnswer = onAnswer;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    const bytes = this.#pending === undefined ? chunk : Buffer.concat([this.#pending, chunk]);
    const answer = readAnswer(bytes);
    this.#pending = answer === undefined ? bytes : undefined;
    if (answer !== undefined) this.#onAnswer?.(answer);
  }
}

/** Sends one body on a connection of its own and waits for the answer. */
export async function postOnce(url: URL, body: Buffer): Promise<RawAnswer> {
  const lost = Promise.withResolvers<never>();
  const connection = await RawConnection.open(url, (reason) => {
    lost.reject(new Error(`Lost the connection to "${url.href}": ${reason}`));
  });
  const answered = new Promise<RawAnswer>((resolve) => {
    connection.send(prepareRequest(url, body), resolve);
  });
  try {
    return await Promise.race([answered, lost.promise]);
  } finally {
    connection.close();
  }
}

/** A whole answer, or `undefined` while bytes are missing. */
function readAnswer(bytes: Buffer): RawAnswer | undefined {
  const end = bytes.indexOf(HEADER_END);
  if (end === -1) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const length = Number(CONTENT_LENGTH.exec(head)?.[1] ?? 0);
  const bodyStart = end + HEADER_END.length;
  if (bytes.length < bodyStart + length) return undefined;
  return {
    status: Number(head.slice(9, 12)),
    body: bytes.subarray(bodyStart, bodyStart + length),
  };
}
