/** Waiting for a condition instead of a time. */
import { setTimeout } from 'node:timers/promises';

const POLL_MS = 5;
/** Reached only where something is wrong: a machine that does other work too takes ten times as long as an idle one. */
const LIMIT_MS = 60_000;

/** Resolves as soon as the condition holds; rejects where it does not within the limit. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  limitMs = LIMIT_MS,
): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`Still not so after ${limitMs} ms`);
    await setTimeout(POLL_MS);
  }
}
