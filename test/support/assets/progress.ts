/** Tells the person who waits what is going on: one rewritten line on a terminal, plain lines elsewhere. */

const TERMINAL_INTERVAL_MS = 1000;
const PLAIN_INTERVAL_MS = 10_000;

export interface ProgressOutput {
  readonly isTTY?: boolean | undefined;
  readonly write: (text: string) => unknown;
}

/** Runs `work` and shows how long it has taken, every few seconds, until it is done. */
export async function withProgress<T>(
  title: string,
  work: () => Promise<T>,
  output: ProgressOutput = process.stderr,
): Promise<T> {
  const startedAtMs = performance.now();
  const elapsed = (): string => `${Math.round((performance.now() - startedAtMs) / 1000)} s`;
  const show = (): void => {
    output.write(
      output.isTTY === true ? `\r  ${title}: ${elapsed()}` : `  ${title}: ${elapsed()} so far\n`,
    );
  };
  const timer = setInterval(show, output.isTTY === true ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS);
  try {
    const result = await work();
    output.write(`${output.isTTY === true ? '\r' : ''}  ${title}: done in ${elapsed()}\n`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
