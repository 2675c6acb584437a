/** Classifies a collector's answer to an export. Source: OTLP 1.x, "OTLP/HTTP Response". */
import { z } from 'zod';
import { parseJsonAs } from '../../base/parse-json-as.ts';

/** What a collector said; its text is bounded by whoever asked. */
export type ExportAnswer =
  | {
      readonly status: 'answered';
      readonly httpStatus: number;
      readonly retryAfterMs: number | undefined;
      readonly text: string;
    }
  | { readonly status: 'unanswered'; readonly reason: string };

export type ExportOutcome =
  /** The collector took all but these. */
  | { readonly status: 'accepted'; readonly rejectedSpans: number }
  /** The same export would be refused again. */
  | { readonly status: 'refused'; readonly reason: string }
  | {
      readonly status: 'retry';
      readonly reason: string;
      readonly retryAfterMs?: number | undefined;
    };

const responseSchema = z.object({
  partialSuccess: z
    .object({
      rejectedSpans: z.union([z.int().min(0), z.string().regex(/^\d{1,19}$/u)]).default(0),
    })
    .nullish(),
});

/** The specification allows retries after these status codes only. */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** The outcome of one export. No reason repeats the collector's text, which nobody has checked. */
export function classifyExportAnswer(answer: ExportAnswer): ExportOutcome {
  if (answer.status === 'unanswered') return { status: 'retry', reason: answer.reason };
  const { httpStatus, retryAfterMs, text } = answer;
  if (httpStatus === 200) return classifyText(text);
  const reason = `The collector answered ${httpStatus}`;
  return RETRYABLE.has(httpStatus)
    ? { status: 'retry', reason, retryAfterMs }
    : { status: 'refused', reason };
}

function classifyText(text: string): ExportOutcome {
  // An empty message of protobuf has no bytes, and some collectors answer so in JSON too.
  if (text.trim() === '') return { status: 'accepted', rejectedSpans: 0 };
  const response = parseJsonAs(responseSchema, text);
  if (response === undefined) {
    return { status: 'refused', reason: 'The target answered with something other than OTLP' };
  }
  return { status: 'accepted', rejectedSpans: Number(response.partialSuccess?.rejectedSpans ?? 0) };
}
