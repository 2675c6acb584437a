/** The span that belongs to what runs now, through every `await`. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { OpenSpan } from './traces.ts';

// One for the process, as the chain of calls that it follows. It costs nothing until something runs within a span.
const storage = new AsyncLocalStorage<OpenSpan>();

/** The innermost open span; `undefined` outside of sampled requests. */
export function currentSpan(): OpenSpan | undefined {
  const span = storage.getStore();
  return span?.isOpen === true ? span : undefined;
}

/** Runs work, and everything that it awaits, within a span. */
export function withinSpan<Result>(span: OpenSpan, work: () => Result): Result {
  return storage.run(span, work);
}
