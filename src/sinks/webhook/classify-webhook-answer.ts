/**
 * Classifies a response of a CloudEvents receiver. Source: CloudEvents HTTP 1.1 Web Hooks 1.0.2, sections 2.2
 * and 4.
 */
import type { JournalEntry } from '../../audit/journal.ts';
import type { SinkOutcome } from '../../delivery/sink.ts';
import { classifyAnswer, type Accepted } from '../http/classify-answer.ts';
import type { TargetAnswer } from '../http/http-target.ts';

/** As for every HTTP target, with the additions of web hooks. */
export function classifyWebhookAnswer(
  answer: TargetAnswer,
  entries: readonly JournalEntry[],
  mode: 'structured' | 'batch',
): Accepted | SinkOutcome {
  if (answer.status === 'answered' && answer.httpStatus === 410) {
    return { status: 'stopped', reason: 'The target answered 410: it is retired' };
  }
  // A receiver without batch support rejects every batch; the records are not at fault.
  if (answer.status === 'answered' && answer.httpStatus === 415) {
    const remedy =
      mode === 'batch'
        ? 'set mode: structured if it knows no batches'
        : 'it must accept application/cloudevents+json';
    return { status: 'retry', reason: `The target answered 415: ${remedy}` };
  }
  return classifyAnswer(answer, entries);
}
