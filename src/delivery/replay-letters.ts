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
  /** With the current mask, which may have changed since. */
  readonly prepareMask: () => Promise<PreparedMask>;
  readonly timeoutMs: number;
  readonly wait: Wait;
  /** Aborted when the user cancels the command. */
  readonly signal: AbortSignal;
}

/**
 * The result for one letter.
 * - `delivered`: it is removed from the dead letters
 * - `refused`: the target rejects it again; it stays, and the next one is tried
 * - `unavailable`: the target is not available; this and all later letters stay
 */
export interface ReplayedLetter {
  readonly letter: DeadLetter;
  readonly status: 'delivered' | 'refused' | 'unavailable';
  readonly reason: string;
}

/** Yields each letter with its result; ends early if the target is not available. */
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
    // Removed only after delivery: if the removal fails, the letter is sent again with the same hash.
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
