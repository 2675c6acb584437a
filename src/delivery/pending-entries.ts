/** Waits for new entries of the journal. */
import type { Wait } from '../base/wait.ts';
import type { JournalReader } from '../audit/journal.ts';

export interface PendingOptions {
  readonly journal: Pick<JournalReader, 'lastSequence' | 'onAppended'>;
  readonly batch: { readonly entriesMax: number; readonly delayMs: number };
  readonly wait: Wait;
  /** Aborts the wait. */
  readonly closing: AbortSignal;
}

/** Wakes when the journal has grown. */
export class PendingEntries {
  readonly #options: PendingOptions;
  readonly #forget: readonly (() => void)[];
  #wake = Promise.withResolvers<void>();

  constructor(options: PendingOptions) {
    this.#options = options;
    const wake = (): void => {
      this.#wake.resolve();
    };
    const { journal, closing } = options;
    closing.addEventListener('abort', wake, { once: true });
    this.#forget = [
      journal.onAppended(wake),
      () => {
        closing.removeEventListener('abort', wake);
      },
    ];
  }

  count(position: number): number {
    return Math.max(0, this.#options.journal.lastSequence() - position);
  }

  /** Whether the journal ends before a position: it was begun anew, and its entries are other ones. */
  isAnew(position: number): boolean {
    return this.#options.journal.lastSequence() < position;
  }

  /** Resolves when there is a full batch, when the delay after the first entry is over, or when closing. */
  async untilDue(position: number): Promise<void> {
    const { batch, wait, closing } = this.#options;
    await this.#untilCount(position, 1, closing);
    if (batch.delayMs === 0 || this.count(position) >= batch.entriesMax || closing.aborted) return;
    const over = new AbortController();
    const end = (): void => {
      over.abort();
      this.#wake.resolve();
    };
    closing.addEventListener('abort', end, { once: true });
    await Promise.race([
      wait(batch.delayMs, over.signal),
      this.#untilCount(position, batch.entriesMax, over.signal),
    ]);
    end();
    closing.removeEventListener('abort', end);
  }

  close(): void {
    for (const forget of this.#forget) forget();
  }

  async #untilCount(position: number, count: number, signal: AbortSignal): Promise<void> {
    while (this.count(position) < count && !this.isAnew(position) && !signal.aborted) {
      this.#wake = Promise.withResolvers();
      await this.#wake.promise;
    }
  }
}
