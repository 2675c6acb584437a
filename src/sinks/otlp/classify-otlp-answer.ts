/** Classifies a response of an OpenTelemetry collector. Source: OTLP 1.x, "OTLP/HTTP Response". */
import { parseJsonAs } from '../../base/parse-json-as.ts';
import { z } from 'zod';
import type { JournalEntry } from '../../audit/journal.ts';
import type { SinkOutcome } from '../../delivery/sink.ts';
import { classifyAnswer } from '../http/classify-answer.ts';
import { formatExcerpt } from '../format-excerpt.ts';
import type { TargetAnswer } from '../http/http-target.ts';

const countSchema = z.union([z.int().min(0), z.string().regex(/^\d{1,19}$/u)]);

const responseSchema = z.object({
  partialSuccess: z
    .object({ rejectedLogRecords: countSchema.default(0), errorMessage: z.string().default('') })
    .nullish(),
});

/** The specification allows retries after these status codes only. */
const RETRYABLE: ReadonlySet<number> = new Set([502, 503, 504]);

/** The outcome of one export. */
export function classifyOtlpAnswer(
  answer: TargetAnswer,
  entries: readonly JournalEntry[],
): SinkOutcome {
  const heard = classifyAnswer(answer, entries);
  if (heard.status === 'accepted') return classifyResponse(heard.text, entries);
  if (heard.status !== 'retry' || answer.status !== 'answered') return heard;
  if (answer.httpStatus >= 500 && !RETRYABLE.has(answer.httpStatus)) {
    return refuseAll(entries, heard.reason);
  }
  return heard;
}

function classifyResponse(text: string, entries: readonly JournalEntry[]): SinkOutcome {
  const response = parse(text);
  if (response === undefined) {
    return { status: 'retry', reason: 'The target answered with something other than OTLP' };
  }
  const { rejectedLogRecords = 0, errorMessage = '' } = response.partialSuccess ?? {};
  if (Number(rejectedLogRecords) === 0) return { status: 'delivered' };
  // The response does not say which ones, and sending any of them again is forbidden: all are kept as dead
  // letters.
  const said = `${rejectedLogRecords} of ${entries.length} records: ${errorMessage}`;
  return refuseAll(entries, `The target rejected ${formatExcerpt(said, [])}`);
}

function parse(text: string): z.output<typeof responseSchema> | undefined {
  // An empty protobuf message has no bytes, and some collectors send an empty body for JSON too.
  if (text.trim() === '') return {};
  return parseJsonAs(responseSchema, text);
}

function refuseAll(entries: readonly JournalEntry[], reason: string): SinkOutcome {
  return { status: 'refused', sequences: entries.map(({ sequence }) => sequence), reason };
}
