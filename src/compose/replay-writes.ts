/**
 * Judges the last writes of the GitOps controllers again, by the configuration and the policies that are here and the objects that are live
 * now: what their next sync would get in the mode enforce.
 */
import type { Decision, PolicyVerdict } from '../admission/decision.ts';
import type { WriterWrite } from '../audit/report/writer-writes.ts';
import { addMs, type Clock } from '../base/clock.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import { formatObjectPath } from '../kubernetes/client/format-api-path.ts';
import { SECOND } from '../settings/limit.ts';
import type { OfflineDecider } from './offline.ts';
import { classifyUnreplayable, planReplayedReview } from './plan-replayed-review.ts';

export type ReplayedWrite = { readonly write: WriterWrite } & (
  | { readonly status: 'allowed'; readonly operation: 'CREATE' | 'UPDATE' }
  | {
      readonly status: 'refused';
      readonly operation: 'CREATE' | 'UPDATE';
      readonly code: string;
      /** The denial that the controller would read. */
      readonly message: string;
      readonly policies: readonly string[];
    }
  | { readonly status: 'not-replayed'; readonly reason: string }
);

export interface ReplayWritesOptions {
  readonly client: Pick<ClusterClient, 'read'>;
  readonly decider: Pick<OfflineDecider, 'decide'>;
  readonly clock: Clock;
}

/** They ask repositories and registries, which only a serving process does; what its records say of them is in the report. */
const ASKING_POLICIES: ReadonlySet<string> = new Set([
  'image_provenance',
  'image_signatures',
  'manifest_in_git',
  'promotion_order',
  'signed_commits',
  'small_commits',
]);

/** The API server answers in milliseconds. */
const READ_TIMEOUT_MS = 10 * SECOND;

/** One after the other. Never rejects: what cannot be judged says why. */
export async function* replayWrites(
  writes: readonly WriterWrite[],
  options: ReplayWritesOptions,
): AsyncGenerator<ReplayedWrite> {
  for (const write of writes) yield await replayWrite(write, options);
}

async function replayWrite(
  write: WriterWrite,
  { client, decider, clock }: ReplayWritesOptions,
): Promise<ReplayedWrite> {
  const notReplayed = (reason: string) => ({ write, status: 'not-replayed', reason }) as const;
  const unreplayable = classifyUnreplayable(write);
  if (unreplayable !== undefined) return notReplayed(unreplayable);
  const { namespace, ...object } = write.object;
  const path = formatObjectPath({ ...object, ...(namespace !== '' && { namespace }) });
  if (path === undefined) return notReplayed('its name is no name of an object');
  const deadlineAtMs = addMs(clock.monotonicMs(), READ_TIMEOUT_MS);
  const reading = await client.read(path, { deadlineAtMs });
  if (reading.status === 'absent') return notReplayed('the object is gone');
  if (reading.status === 'unavailable') return notReplayed(reading.reason);
  const planned = planReplayedReview(write, reading.body);
  if (!planned.ok) return notReplayed(planned.reason);
  const bytes = Buffer.from(JSON.stringify(planned.review));
  const verdict = await decider.decide(bytes, 'validate');
  if (verdict.status === 'rejected') return notReplayed(verdict.message);
  return { write, ...conclude(verdict.decision, planned.operation) };
}

type Conclusion = ReplayedWrite extends infer Replayed
  ? Replayed extends unknown
    ? Omit<Replayed, 'write'>
    : never
  : never;

function conclude(decision: Decision, operation: 'CREATE' | 'UPDATE'): Conclusion {
  const message = decision.allowed ? (decision.wouldDeny?.message ?? '') : decision.message;
  const refusing = refusingPolicies(decision).filter(({ policy }) => !ASKING_POLICIES.has(policy));
  const [unavailable] = refusing.flatMap(({ policy, unavailable: why }) =>
    why === undefined ? [] : [`${policy} could not be judged: ${why.reason}`],
  );
  const judged = refusing.filter((verdict) => verdict.unavailable === undefined);
  const code = judged[0]?.findings[0]?.code;
  if (code !== undefined) {
    const policies = judged.map(({ policy }) => policy);
    return { status: 'refused', operation, code, message, policies };
  }
  if (unavailable !== undefined) return { status: 'not-replayed', reason: unavailable };
  return { status: 'allowed', operation };
}

/** In the mode enforce, whatever the modes are now. */
function refusingPolicies({ allowed, policies, wouldDeny }: Decision): readonly PolicyVerdict[] {
  return policies.filter(({ policy, status }) =>
    allowed
      ? wouldDeny?.policies.includes(policy) === true
      : status === 'denied' || status === 'unavailable',
  );
}
