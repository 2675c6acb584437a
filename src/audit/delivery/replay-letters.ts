/** Sends the dead letters of a sink again, one by one, in the order of their entries. */
import type { Wait } from '../../base/wait.ts';
import type { StateStore } from '../journal.ts';
import type { Sink, SinkOutcome } from '../sink.ts';
import { listLetters, removeLetter, type DeadLetter } from './dead-letters.ts';
import { parseDeadLetter } from './parse-dead-letter.ts';
import type { PreparedMask } from './prepare-mask.ts';
import { sendOnce } from './send-once.ts';

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

/** One letter of those that can be read. */
export interface KeptLetter {
  readonly key: string;
  readonly letter: DeadLetter;
}

/** The letters of a sink, in order; texts that are none are left out. */
export async function readLetters(state: StateStore, sink: string): Promise<readonly KeptLetter[]> {
  const texts = await listLetters(state, sink);
  return [...texts].flatMap(([key, text]) => {
    const letter = parseDeadLetter(text);
    return letter === undefined ? [] : [{ key, letter }];
  });
}

/** Yields each letter with what came of it; ends early where the target cannot be asked. */
export async function* replayLetters(options: ReplayOptions): AsyncGenerator<ReplayedLetter> {
  const { sink, state, prepareMask, signal } = options;
  for (const { key, letter } of await readLetters(state, sink.name)) {
    if (signal.aborted) return;
    const prepared = await prepareMask();
    if (!prepared.ok) {
      yield { letter, status: 'unavailable', reason: prepared.reason };
      return;
    }
    const outcome = await send(options, {
      ...letter,
      entry: { ...letter.entry, record: prepared.mask(letter.entry.record) },
    });
    const status = statusOf(outcome);
    // Removed only now: a letter whose removal fails is sent again, with the same hash.
    if (status === 'delivered') await removeLetter(state, key);
    yield { letter, status, reason: 'reason' in outcome ? outcome.reason : '' };
    if (status === 'unavailable') return;
  }
}

function send({ sink, timeoutMs, wait, signal }: ReplayOptions, letter: DeadLetter) {
  return sendOnce(sink, [letter.entry], { timeoutMs, wait, closing: signal });
}

function statusOf({ status }: SinkOutcome): ReplayedLetter['status'] {
  if (status === 'delivered') return 'delivered';
  return status === 'refused' || status === 'too-large' ? 'refused' : 'unavailable';
}
