/** Sends the dead letters of a sink again, one by one, in the order of their entries. */
import type { Wait } from '../base/wait.ts';
import type { JournalEntry, StateStore } from '../audit/journal.ts';
import type { Sink, SinkOutcome } from './sink.ts';
import { listLetters, readLetter, removeLetter } from './dead-letters.ts';
import { maskEntry } from './mask-record.ts';
import type { DeadLetter } from './parse-dead-letter.ts';
import type { PreparedMask } from './prepare-mask.ts';
import { sendOnce } from './call-sink.ts';

export interface ReplayOptions {
  readonly sink: Sink;
  readonly state: StateStore;
  /** With the mask of now, which may not be the one of then. */
  readonly prepareMask: () => Promise<PreparedMask>;
  readonly timeoutMs: number;
  readonly wait: Wait;
  /** Aborted when the person who asked has changed their mind. */
  readonly signal: AbortSignal;
}

/**
 * What came of one letter.
 * - `delivered`: it is gone from the dead letters
 * - `refused`: the target still does not want it; it stays, and the next one is tried
 * - `unavailable`: the target cannot be asked now; it and all after it stay
 */
export interface ReplayedLetter {
  readonly letter: DeadLetter;
  readonly status: 'delivered' | 'refused' | 'unavailable';
  readonly reason: string;
}

/** Yields each letter with what came of it; ends early where the target cannot be asked. */
export async function* replayLetters(options: ReplayOptions): AsyncGenerator<ReplayedLetter> {
  const { sink, state, prepareMask, signal } = options;
  for (const letter of await listLetters(state, sink.name)) {
    if (signal.aborted) return;
    const prepared = await prepareMask();
    if (!prepared.ok) {
      yield { letter, status: 'unavailable', reason: prepared.reason };
      return;
    }
    const entry = await readLetter(state, letter);
    const outcome: SinkOutcome =
      entry === undefined
        ? { status: 'refused', sequences: [], reason: 'The dead letter cannot be read' }
        : await send(options, maskEntry(entry, prepared.mask));
    const status = statusOf(outcome);
    // Removed only now: a letter whose removal fails is sent again, with the same hash.
    if (status === 'delivered') await removeLetter(state, letter);
    yield { letter, status, reason: 'reason' in outcome ? outcome.reason : '' };
    if (status === 'unavailable') return;
  }
}

function send(
  { sink, timeoutMs, wait, signal }: ReplayOptions,
  entry: JournalEntry,
): Promise<SinkOutcome> {
  return sendOnce(sink, [entry], { timeoutMs, wait, closing: signal });
}

function statusOf({ status }: SinkOutcome): ReplayedLetter['status'] {
  if (status === 'delivered') return 'delivered';
  return status === 'refused' || status === 'too-large' ? 'refused' : 'unavailable';
}
