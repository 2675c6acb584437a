/** Measures what a request waits for. */
import { withinSpan } from './trace-context.ts';
import type { OpenSpan } from './traces.ts';

/**
 * Runs work within a span, which ends when the work does. What is done at once waited for nothing: its span is given up, so that a
 * trace shows only what takes time. Describing the result must not throw.
 */
export function measureWait<Result>(
  span: OpenSpan | undefined,
  work: () => Result | Promise<Result>,
  describe: (result: Result, span: OpenSpan) => void = () => undefined,
): Result | Promise<Result> {
  if (span === undefined) return work();
  const result = withinSpan(span, work);
  return result instanceof Promise ? endWith(span, result, describe) : result;
}

async function endWith<Result>(
  span: OpenSpan,
  pending: Promise<Result>,
  describe: (result: Result, span: OpenSpan) => void,
): Promise<Result> {
  try {
    const result = await pending;
    describe(result, span);
    return result;
  } catch (fault) {
    // The text of a fault may repeat what it is about.
    span.fail('internal_error');
    throw fault;
  } finally {
    span.end();
  }
}
