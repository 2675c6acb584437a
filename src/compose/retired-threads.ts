/** What earlier configurations have started, for as long as a request can still wait for it. */
import type { Wait } from '../base/wait.ts';
import { SECOND } from '../settings/limit.ts';

/** The API server waits for 30 seconds at most. */
const RETIRE_MS = 30 * SECOND;

/** Closes each once no request can wait for it any more. */
export class RetiredThreads {
  readonly #wait: Wait;
  readonly #retired = new Set<{ readonly close: () => Promise<void> }>();
  readonly #closing = new AbortController();

  constructor(wait: Wait) {
    this.#wait = wait;
  }

  /** Nobody waits for it. */
  async retire(running: { readonly close: () => Promise<void> }): Promise<void> {
    this.#retired.add(running);
    await this.#wait(RETIRE_MS, this.#closing.signal);
    if (this.#closing.signal.aborted) return;
    await running.close();
    this.#retired.delete(running);
  }

  /** Closes all at once. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#retired].map((running) => running.close()));
  }
}
