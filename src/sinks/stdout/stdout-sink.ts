/** JSON lines on standard output: for collectors that read the logs of containers. */
import type { Writable } from 'node:stream';
import { formatJsonLines } from '../../audit/entry-json.ts';
import type { JournalEntry } from '../../audit/journal.ts';
import type { Sink, SinkContext, SinkOutcome } from '../../delivery/sink.ts';
import type { StdoutSinkSettings } from './settings.ts';

/** A pipe without a reader is a slow sink: unwritten data waits, and nothing is written after it. */
export class StdoutSink implements Sink {
  readonly name: string;
  readonly #output: Writable;
  #writing: Promise<SinkOutcome> | undefined;
  /** The last entry that the system has accepted. */
  #writtenThrough = 0;

  constructor({ name }: StdoutSinkSettings, { openOutput }: Pick<SinkContext, 'openOutput'>) {
    this.name = name;
    this.#output = openOutput();
    // The callback reports a failed write; without a listener, the event would end the process.
    this.#output.on('error', () => {});
  }

  async send(entries: readonly JournalEntry[], signal: AbortSignal): Promise<SinkOutcome> {
    const late = untilAborted(signal);
    // A stream buffers without limit: writing a waiting batch again would only fill the memory.
    if (this.#writing !== undefined) {
      const earlier = await Promise.race([this.#writing, late]);
      if (earlier.status !== 'delivered') return earlier;
    }
    const fresh = entries.filter(({ sequence }) => sequence > this.#writtenThrough);
    const last = fresh.at(-1);
    if (last === undefined) return { status: 'delivered' };
    return await Promise.race([this.#write(fresh, last.sequence), late]);
  }

  /** The stream is not closed: the process continues to use it. */
  readonly close = (): Promise<void> => Promise.resolve();

  #write(entries: readonly JournalEntry[], lastSequence: number): Promise<SinkOutcome> {
    const writing = new Promise<SinkOutcome>((resolve) => {
      this.#output.write(formatJsonLines(entries), (error) => {
        this.#writing = undefined;
        if (!error) this.#writtenThrough = lastSequence;
        resolve(
          error
            ? { status: 'retry', reason: `Standard output failed: ${error.message}` }
            : { status: 'delivered' },
        );
      });
    });
    this.#writing = writing;
    return writing;
  }
}

function untilAborted(signal: AbortSignal): Promise<SinkOutcome> {
  const outcome: SinkOutcome = { status: 'retry', reason: 'Standard output is not being read' };
  if (signal.aborted) return Promise.resolve(outcome);
  return new Promise((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve(outcome);
      },
      { once: true },
    );
  });
}
