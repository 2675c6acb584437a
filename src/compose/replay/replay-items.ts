/** Judges what was recorded again, by a candidate: what would be decided otherwise. */
import type { Decision } from '../../admission/decision.ts';
import type { AdmissionRoute } from '../../admission/decide.ts';
import type { OfflinePath, OfflineVerdict } from '../offline.ts';
import { classifyUnjudged, type UnjudgedReason } from './classify-unjudged.ts';
import { diffVerdicts, type ComparedVerdict, type Flip } from './diff-verdicts.ts';
import { parseRecordedFacts } from './parse-recorded-facts.ts';
import type { ReplayedRecord } from './parse-replay-line.ts';
import type { ReplayItem } from './read-replay-items.ts';
import type { KnownFacts } from '../../admission/facts/fact.ts';

/** A request that the candidate decides otherwise, with all that it takes to judge it once more. */
export interface FlippedReview {
  readonly source: string;
  readonly flip: Flip;
  readonly username: string;
  /** That manages the object; empty where none does. */
  readonly application: string;
  readonly route: AdmissionRoute;
  readonly review: object;
  /** Absent where they are gathered, as of a review from a file. */
  readonly facts?: KnownFacts | undefined;
  readonly decision: Decision;
}

export type ReplayedItem =
  | { readonly status: 'same' }
  | { readonly status: 'flipped'; readonly flipped: FlippedReview }
  | {
      readonly status: 'unjudged';
      readonly reason: UnjudgedReason;
      /** The policy and the fact; what is wrong with the text. */
      readonly detail?: string | undefined;
    };

export interface ReplayOptions {
  readonly candidate: Pick<OfflinePath, 'decide' | 'decideWith'>;
  /** Decides on reviews, which say nothing of a decision; asked for the first of them. */
  readonly baseline: () => Promise<Pick<OfflinePath, 'decide'>>;
}

const REVIEW = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' } as const;

/** Rejects only where the baseline cannot be started. */
export async function replayItem(item: ReplayItem, options: ReplayOptions): Promise<ReplayedItem> {
  if (item.kind === 'unreadable') {
    return { status: 'unjudged', reason: 'unreadable', detail: item.reason };
  }
  if (item.kind === 'review') return replayReview(item, options);
  return replayRecord(item.record, options);
}

async function replayRecord(
  record: ReplayedRecord,
  { candidate }: ReplayOptions,
): Promise<ReplayedItem> {
  const reason = classifyUnjudged(record);
  if (reason !== undefined) return { status: 'unjudged', reason };
  const facts = parseRecordedFacts(record.input?.facts);
  if (facts === undefined) return { status: 'unjudged', reason: 'damaged' };
  const review = { ...REVIEW, request: record.input?.request };
  const bytes = Buffer.from(JSON.stringify(review));
  const verdict = await candidate.decideWith(bytes, record.route, facts);
  return conclude(verdict, {
    before: record,
    source: record.decisionId,
    username: record.user.username,
    application: record.managedBy?.app ?? '',
    route: record.route,
    review,
    facts,
  });
}

async function replayReview(
  { source, bytes }: Extract<ReplayItem, { readonly kind: 'review' }>,
  { candidate, baseline }: ReplayOptions,
): Promise<ReplayedItem> {
  const route = 'validate';
  const before = await (await baseline()).decide(bytes, route);
  const verdict = await candidate.decide(bytes, route);
  if (before.status === 'rejected') {
    return { status: 'unjudged', reason: 'unreadable', detail: before.message };
  }
  const { request, decision } = before;
  return conclude(verdict, {
    before: comparable(decision),
    source,
    username: request.userInfo.username,
    application: decision.facts.object?.app ?? '',
    route,
    review: { ...REVIEW, request },
  });
}

function conclude(
  verdict: OfflineVerdict,
  {
    before,
    ...asked
  }: Omit<FlippedReview, 'flip' | 'decision'> & { readonly before: ComparedVerdict },
): ReplayedItem {
  if (verdict.status === 'rejected') {
    return { status: 'unjudged', reason: 'damaged', detail: verdict.message };
  }
  const { decision } = verdict;
  const missing = asked.facts === undefined ? undefined : findMissingFact(decision, before);
  if (missing !== undefined) return { status: 'unjudged', reason: 'facts', detail: missing };
  const flip = diffVerdicts(before, comparable(decision));
  if (flip === undefined) return { status: 'same' };
  return { status: 'flipped', flipped: { ...asked, flip, decision } };
}

/** A policy that the record has judged, or never asked, and that only the record keeps from being judged. */
function findMissingFact({ policies }: Decision, before: ComparedVerdict): string | undefined {
  for (const { policy, unavailable } of policies) {
    if (unavailable?.code !== 'fact_unavailable') continue;
    const was = before.policies.find((verdict) => verdict.policy === policy);
    if (was?.status !== 'unavailable') return `${policy}: ${unavailable.reason}`;
  }
  return undefined;
}

/** As a record says it. */
function comparable({ allowed, grant, policies }: Decision): ComparedVerdict {
  return {
    allowed,
    grant,
    policies: policies.map(({ policy, status, findings, unavailable }) => ({
      policy,
      status,
      codes: unavailable === undefined ? findings.map(({ code }) => code) : [unavailable.code],
    })),
  };
}
