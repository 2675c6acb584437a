/** The end of a sink, bounded: a hanging disk or a silent target must not hold up the end of the process. */
import type { Wait } from '../base/wait.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Sink } from './sink.ts';

/** What was sent is settled by then; the rest is in the journal. */
const CLOSE_MS = 2000;

/** Never rejects, and never lasts longer than a moment. */
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
