/** Waiting for a condition instead of sleeping. */
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 100;
/** Reached only where something is wrong: a machine that does other work too takes ten times as long as an idle one. */
const DEADLINE_MS = 2 * 60_000;

export interface WaitOptions {
  readonly deadlineMs?: number | undefined;
  readonly pollMs?: number | undefined;
  /** Throws when waiting has become pointless, for example because a process is gone. */
  readonly assertPossible?: (() => Promise<void>) | undefined;
}

/**
 * Resolves with the first answer of `probe` that is neither `undefined` nor `false`.
 * A probe that throws counts as "not yet"; its last error is told when the deadline passes.
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  options: WaitOptions = {},
): Promise<T> {
  const deadlineMs = options.deadlineMs ?? DEADLINE_MS;
  const deadlineAtMs = performance.now() + deadlineMs;
  for (;;) {
    const attempt = await probeOnce(probe);
    if (attempt.status === 'met') return attempt.value;
    await options.assertPossible?.();
    if (performance.now() >= deadlineAtMs) {
      const cause = attempt.error === undefined ? {} : { cause: attempt.error };
      throw new Error(`Waited ${deadlineMs} ms in vain until ${what}`, cause);
    }
    await pause(options.pollMs ?? POLL_MS);
  }
}

type Attempt<T> =
  | { readonly status: 'met'; readonly value: T }
  | { readonly status: 'unmet'; readonly error?: unknown };

async function probeOnce<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<Attempt<T>> {
  try {
    const value = await probe();
    return value === undefined || value === false ? { status: 'unmet' } : { status: 'met', value };
  } catch (error) {
    return { status: 'unmet', error };
  }
}
