/** Receives the body of a review, within the bytes that the server keeps, on every way into the request path. */
import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '../errors.ts';
import { HeldBody, type BodyBudget } from './body-budget.ts';
import type { Client } from './clients.ts';

/** Why a body was not kept. */
export type CutCode = Extract<ErrorCode, 'review_too_large' | 'review_bodies_exceeded'>;

export type ReceivedBody = WholeBody | CutBody;

/** A body that was received to its end, so that its sender hears why, and forgotten, but for its beginning. */
export interface CutBody {
  readonly kind: 'cut';
  readonly code: CutCode;
  readonly beginning: Uint8Array;
}

export interface WholeBody {
  readonly kind: 'whole';
  readonly bytes: Uint8Array;
  /** To be called once, when the bytes are not needed any longer. */
  readonly release: () => void;
}

export interface ReadBodyOptions {
  readonly client: Client;
  readonly budget: BodyBudget;
  readonly bodyBytesMax: number;
}

export interface BodyReceiver {
  readonly received: (body: ReceivedBody) => void;
  /** The sender went away first. */
  readonly failed: (fault: Error) => void;
}

/** The API server writes the uid first, after some hundred bytes. */
const BEGINNING_BYTES = 4096;

/** Reads a body to its end. */
export function readBody(
  request: IncomingMessage,
  options: ReadBodyOptions,
  { received, failed }: BodyReceiver,
): void {
  const reading = new Reading(options);
  request.on('data', (chunk: Buffer) => {
    reading.take(chunk);
  });
  request.on('end', () => {
    received(reading.complete());
  });
  request.on('error', (fault) => {
    // With half a body it cannot be read; with a whole one the sender only misses the answer.
    if (reading.isComplete) return;
    reading.release();
    failed(fault);
  });
}

class Reading {
  readonly #options: ReadBodyOptions;
  readonly #held: HeldBody;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #code: CutCode | undefined;
  #isComplete = false;

  constructor(options: ReadBodyOptions) {
    this.#options = options;
    this.#held = new HeldBody(options.client, () => {
      this.#cut('review_bodies_exceeded');
    });
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  take(chunk: Buffer): void {
    if (this.#code !== undefined) return;
    this.#bytes += chunk.length;
    this.#chunks.push(chunk);
    const { budget, bodyBytesMax } = this.#options;
    if (this.#bytes > bodyBytesMax) {
      this.release();
      this.#cut('review_too_large');
    } else {
      budget.take(this.#held, chunk.length);
    }
  }

  complete(): ReceivedBody {
    this.#isComplete = true;
    this.#options.budget.complete(this.#held);
    const bytes = this.#join();
    this.#chunks = [];
    if (this.#code !== undefined) return { kind: 'cut', code: this.#code, beginning: bytes };
    const release = (): void => {
      this.release();
    };
    return { kind: 'whole', bytes, release };
  }

  release(): void {
    this.#options.budget.release(this.#held);
  }

  #cut(code: CutCode): void {
    this.#code = code;
    // A copy: a view would keep the memory of the whole chunk.
    this.#chunks = [Buffer.from(this.#join().subarray(0, BEGINNING_BYTES))];
  }

  #join(): Buffer {
    const [only] = this.#chunks;
    return only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks);
  }
}
