/** Waiting is passed as an argument, so that tests control the time. */

/** Resolves when the time is over, or when the signal aborts; never rejects. */
export type Wait = (delayMs: number, signal: AbortSignal) => Promise<void>;

/** Waits by this machine's timers. */
export function systemWait(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, delayMs);
    signal.addEventListener('abort', finish, { once: true });
  });
}
