/** What earlier configurations have started, for as long as a request can still wait for it. */
import type { Wait } from '../base/wait.ts';
import { SECOND } from '../settings/limit.ts';

export interface Retirable {
  readonly close: () => Promise<void>;
}

/** The API server waits for 30 seconds at most. */
const RETIRE_MS = 30 * SECOND;
/**
 * Each has heaps of its own. Where the configuration changes every second, thirty of them would take more than the container has, and the
 * kernel would end the process: the oldest is closed sooner instead, and what still waits for it is unavailable.
 */
export const RETIRED_MAX = 2;

/** Closes each once no request can wait for it any more. */
export class RetiredThreads {
  readonly #wait: Wait;
  /** The oldest first, each with what ends its time. */
  readonly #retired = new Map<Retirable, AbortController>();

  constructor(wait: Wait) {
    this.#wait = wait;
  }

  /** Those that are not closed yet. */
  get count(): number {
    return this.#retired.size;
  }

  /** Nobody waits for it. */
  async retire(running: Retirable): Promise<void> {
    const ending = new AbortController();
    this.#retired.set(running, ending);
    const surplus = this.#retired.size - RETIRED_MAX;
    for (const oldest of [...this.#retired.values()].slice(0, Math.max(0, surplus))) oldest.abort();
    await this.#wait(RETIRE_MS, ending.signal);
    // It was recalled meanwhile, or everything was closed.
    if (this.#retired.get(running) !== ending) return;
    this.#retired.delete(running);
    await running.close();
  }

  /** It is needed again, and stays open. */
  recall(running: Retirable): void {
    const ending = this.#retired.get(running);
    this.#retired.delete(running);
    ending?.abort();
  }

  has(running: Retirable): boolean {
    return this.#retired.has(running);
  }

  /** Closes all at once. */
  async close(): Promise<void> {
    const closing = [...this.#retired];
    this.#retired.clear();
    for (const [, ending] of closing) ending.abort();
    await Promise.all(closing.map(([running]) => running.close()));
  }
}
