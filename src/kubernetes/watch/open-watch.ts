/**
 * One watch request: a response that streams for minutes, one line per event.
 *
 * A connection can be half-open (a load balancer dropped it, a node lost power). TCP keep-alive does not detect a proxy
 * that still answers for a dead server, so liveness is measured in received bytes: bookmarks come every minute.
 */
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { RequestOptions } from 'node:https';
import { errorText } from '../../base/error-details.ts';
import type { Authentication } from '../client/authentication.ts';

export interface WatchOptions {
  readonly accept: string;
  /** The watch ends as `silent` if no byte, headers included, arrives for this long. */
  readonly silenceMsMax: number;
  readonly lineBytesMax: number;
  /** Ends the watch, as `closed`. */
  readonly signal: AbortSignal;
  /** The server has accepted. */
  readonly onOpen: () => void;
  /** `false` ends the watch, as `closed`. */
  readonly onLine: (line: string) => boolean;
}

/** How a watch ended. Failures of the network or the server never throw. */
export type WatchEnd =
  | { readonly status: 'ended' | 'silent' | 'closed' | 'line_too_long' }
  | { readonly status: 'broken'; readonly reason: string }
  | {
      readonly status: 'refused';
      readonly code: number;
      readonly retryAfterMs?: number | undefined;
      readonly reason: string;
    };

export interface WatchTarget {
  readonly url: URL;
  readonly authenticate: Authentication['apply'];
}

const MS_PER_SECOND = 1000;
/** The beginning of the response contains the reason; the rest is not read. */
const REFUSAL_BYTES_MAX = 1024;

/** Watches until the watch ends. Never rejects. */
export async function openWatch(target: WatchTarget, options: WatchOptions): Promise<WatchEnd> {
  const abort = new AbortController();
  const { promise, resolve } = Promise.withResolvers<WatchEnd>();
  const end = (how: WatchEnd): void => {
    resolve(how);
    abort.abort();
  };
  const silence = setTimeout(() => {
    end({ status: 'silent' });
  }, options.silenceMsMax);
  const close = (): void => {
    end({ status: 'closed' });
  };
  options.signal.addEventListener('abort', close, { once: true });
  if (options.signal.aborted) close();
  const run = { options, end, heard: () => silence.refresh() };
  attempt(target, abort.signal, run).catch((error: unknown) => {
    end({ status: 'broken', reason: errorText(error) });
  });
  const how = await promise;
  clearTimeout(silence);
  options.signal.removeEventListener('abort', close);
  return how;
}

interface Run {
  readonly options: WatchOptions;
  readonly end: (how: WatchEnd) => void;
  readonly heard: () => void;
}

async function attempt(
  { url, authenticate }: WatchTarget,
  signal: AbortSignal,
  run: Run,
): Promise<void> {
  const plain = { method: 'GET', headers: { accept: run.options.accept } };
  const authenticated = await authenticate(plain);
  if (signal.aborted) return;
  const response = await send(url, { ...authenticated, signal });
  run.heard();
  if (response.statusCode === 200) {
    run.options.onOpen();
    await follow(response, run);
  } else {
    run.end(await refusal(response, url));
  }
}

function send(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, resolve);
    outgoing.on('error', reject);
    outgoing.end();
  });
}

async function follow(response: IncomingMessage, { options, end, heard }: Run): Promise<void> {
  const splitter = new LineSplitter(options.lineBytesMax);
  for await (const chunk of response.iterator()) {
    if (!Buffer.isBuffer(chunk)) continue;
    heard();
    const lines = splitter.push(chunk);
    if (lines === undefined) {
      end({ status: 'line_too_long' });
      return;
    }
    if (!lines.every((line) => options.onLine(line))) {
      end({ status: 'closed' });
      return;
    }
  }
  end({ status: 'ended' });
}

async function refusal(response: IncomingMessage, { pathname }: URL): Promise<WatchEnd> {
  const code = response.statusCode ?? 0;
  let text = '';
  for await (const chunk of response.iterator()) {
    text += String(chunk);
    if (text.length >= REFUSAL_BYTES_MAX) break;
  }
  const asked = `The API server answered ${String(code)} to the watch of ${pathname}`;
  const seconds = Number(response.headers['retry-after'] ?? Number.NaN);
  return {
    status: 'refused',
    code,
    reason: `${asked}: ${text.slice(0, REFUSAL_BYTES_MAX)}`,
    ...(seconds > 0 && { retryAfterMs: seconds * MS_PER_SECOND }),
  };
}

const NEWLINE = 0x0a;

/** Collects bytes and returns whole lines, without line breaks. */
export class LineSplitter {
  readonly #lineBytesMax: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax;
  }

  /** The lines that this chunk completes; `undefined` where one is longer than allowed. */
  push(chunk: Buffer): readonly string[] | undefined {
    const lines: string[] = [];
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      const part = chunk.subarray(start, end === -1 ? chunk.length : end);
      if (this.#pendingBytes + part.length > this.#lineBytesMax) return undefined;
      this.#pending.push(part);
      this.#pendingBytes += part.length;
      if (end === -1) return lines;
      const line = Buffer.concat(this.#pending).toString('utf8');
      this.#pending = [];
      this.#pendingBytes = 0;
      if (line !== '') lines.push(line);
      start = end + 1;
    }
  }
}
