/**
 * Calls a sink with a time-out: a hanging disk or target blocks neither delivery nor the shutdown of the
 * process.
 */
import { errorText } from '../base/error-details.ts';
import type { Wait } from '../base/wait.ts';
import type { JournalEntry } from '../audit/journal.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Sink, SinkOutcome } from './sink.ts';

export interface SendOptions {
  readonly timeoutMs: number;
  /** Aborted when the process stops. */
  readonly closing: AbortSignal;
  readonly wait: Wait;
}

/** How long an aborted send may take to end before the next one starts. */
const GRACE_MS = 1000;

/** Never rejects, and never takes longer than the time-out plus the grace period. */
export async function sendOnce(
  sink: Sink,
  entries: readonly JournalEntry[],
  { timeoutMs, closing, wait }: SendOptions,
): Promise<SinkOutcome> {
  const ending = new AbortController();
  const timers = new AbortController();
  // Not AbortSignal.any: dependents of a signal that lives as long as the process may never be collected.
  const end = (): void => {
    timers.abort();
    ending.abort();
  };
  closing.addEventListener('abort', end, { once: true });
  if (closing.aborted) end();
  const sending = guard(sink, entries, ending.signal);
  const late = wait(timeoutMs, timers.signal).then(() => undefined);
  const inTime = await Promise.race([sending, late]);
  timers.abort();
  closing.removeEventListener('abort', end);
  if (inTime !== undefined) return inTime;
  ending.abort();
  return (await withGrace(sending, wait)) ?? timedOut(timeoutMs);
}

// After an abort, the sink may still report that everything was accepted.
async function withGrace(
  sending: Promise<SinkOutcome>,
  wait: Wait,
): Promise<SinkOutcome | undefined> {
  const ended = new AbortController();
  const over = wait(GRACE_MS, ended.signal).then(() => undefined);
  const outcome = await Promise.race([sending, over]);
  ended.abort();
  return outcome;
}

function timedOut(timeoutMs: number): SinkOutcome {
  return { status: 'retry', reason: `Nothing came of it within ${timeoutMs} ms` };
}

async function guard(
  sink: Sink,
  entries: readonly JournalEntry[],
  signal: AbortSignal,
): Promise<SinkOutcome> {
  try {
    return await sink.send(entries, signal);
  } catch (error) {
    const cause = errorText(error);
    return { status: 'retry', reason: `The sink failed: ${cause}` };
  }
}

/** Everything that was sent is settled; the rest is in the journal. */
const CLOSE_MS = 2000;

/** Never rejects, and never takes longer than the grace period. */
export async function closeSink(sink: Sink, wait: Wait, logger: Logger): Promise<void> {
  const closed = new AbortController();
  const closing = sink.close().then(
    () => 'closed',
    (error: unknown) => {
      logger.warn('A sink could not be closed', { sink: sink.name, error });
      return 'closed';
    },
  );
  const over = wait(CLOSE_MS, closed.signal).then(() => 'over');
  const end = await Promise.race([closing, over]);
  closed.abort();
  if (end === 'over') logger.warn('A sink did not close in time', { sink: sink.name });
}
