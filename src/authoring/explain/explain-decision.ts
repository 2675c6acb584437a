/** Explains a decision that was recorded: by what its policies were given then, and by the policies that are here now. */
import { explainReview } from '../../compose/explain/explain-review.ts';
import type { OfflinePath } from '../../compose/offline.ts';
import { classifyUnjudged, UNJUDGED_REASONS } from '../../compose/replay/classify-unjudged.ts';
import { findRecord } from '../../compose/replay/find-record.ts';
import { parseRecordedFacts } from '../../compose/replay/parse-recorded-facts.ts';
import type { ReplayFile } from '../../compose/replay/read-replay-items.ts';
import type { ExplainedFileItem } from './explain-file.ts';

export interface DecisionOptions {
  /** As the denial names it. */
  readonly decisionId: string;
  readonly sources: readonly ReplayFile[];
  readonly offline: OfflinePath;
}

/** A fault where there is no such record, or it does not hold what the policies were given. */
export async function explainDecision(options: DecisionOptions): Promise<ExplainedFileItem> {
  const { decisionId: source, sources, offline } = options;
  const record = await findRecord(sources, source);
  if (record === undefined) return { kind: 'fault', source, reason: 'there is no such record' };
  const { allowed, code, input, route } = record;
  const recorded = { allowed, code };
  const unjudged = classifyUnjudged(record);
  const facts = parseRecordedFacts(input?.facts);
  if (unjudged !== undefined || facts === undefined) {
    const meaning = UNJUDGED_REASONS[unjudged ?? 'damaged'];
    const answer = allowed ? 'allowed' : `denied (${code})`;
    return { kind: 'fault', source, reason: `it was ${answer}, and ${meaning}` };
  }
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' };
  const bytes = Buffer.from(JSON.stringify({ ...review, request: input?.request }));
  const explained = await explainReview(bytes, { route, offline, facts });
  return { kind: 'explained', source, review: explained, recorded };
}
