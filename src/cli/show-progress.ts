/** What a person reads who waits: on standard error, from the first second on, and only on a terminal. */
import { systemClock, type Clock } from '../base/clock.ts';
import type { CommandContext } from './command.ts';
import { formatCount } from './format-count.ts';

/** Whoever waits for longer wants to know for what. */
const FIRST_MS = 1000;
/** A terminal keeps its last lines in sight. */
const INTERVAL_MS = 5000;
/** How late a line may be. */
const LOOK_MS = 250;
const MS_PER_SECOND = 1000;

export interface Work {
  /** `reading journals` */
  readonly doing: string;
  /** What is counted, one and many; absent where nothing is. */
  readonly counted?: readonly [one: string, many: string] | undefined;
  /** @default the system's */
  readonly clock?: Pick<Clock, 'monotonicMs'> | undefined;
}

/** Runs the work, which may tell how much is done. */
export async function showProgress<Value>(
  { showsProgress, report }: Pick<CommandContext, 'showsProgress' | 'report'>,
  { doing, counted, clock = systemClock }: Work,
  work: (tell: (count: number) => void) => Promise<Value>,
): Promise<Value> {
  if (!showsProgress) return await work(() => undefined);
  const startedAtMs = clock.monotonicMs();
  let nextMs = FIRST_MS;
  let done: number | undefined;
  const look = (): void => {
    const elapsedMs = clock.monotonicMs() - startedAtMs;
    if (elapsedMs < nextMs) return;
    nextMs = elapsedMs + INTERVAL_MS;
    const count =
      counted === undefined || done === undefined ? '' : `${formatCount(done, ...counted)}, `;
    report(`${doing}: ${count}${String(Math.floor(elapsedMs / MS_PER_SECOND))} s`);
  };
  const timer = setInterval(look, LOOK_MS);
  try {
    return await work((count) => {
      done = count;
      // Work that never waits leaves no time for the timer.
      look();
    });
  } finally {
    clearInterval(timer);
  }
}
