/** The load on a cluster with two replicas of Holdfast, and what each test of it asserts. */
import assert from 'node:assert/strict';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import type { StartedCluster } from '../cluster/cluster.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { readJudgements } from './judgements.ts';
import type { Judgements } from './judgements.ts';
import { startLoad } from './paced-load.ts';
import type { LoadReport, PacedLoad } from './paced-load.ts';
import { planShopRound } from './shop-writes.ts';

/** What is asked for. A busy machine holds less, and says so. */
export const REQUESTS_PER_SECOND = 200;
/**
 * Connections that clients keep to the API server. Each waits for its answer: they hold the pace as long as a write takes less than 60 ms.
 * More of them would hold it on a busy machine, too, and have the writer refused there, whose source is not looked up within a second.
 */
export const CLIENTS = 12;
/** Before and after the change, so that it meets a load that runs, and its consequences are seen. */
const ANSWERS_AROUND = 200;

/** The API server's own words. */
const CALL_FAILED =
  /found 500 Internal error occurred: failed calling webhook "drift\.holdfast\.dev"/u;
const SOURCE_UNAVAILABLE =
  /, argocd: .*could not be evaluated, and it refuses what it cannot judge/su;

export interface LoadResult extends LoadReport {
  readonly judgements: Judgements;
}

/** Writes while `change` happens, and some time before and after it. */
export async function loadDuring(
  cluster: StartedCluster,
  change: (load: PacedLoad) => Promise<void>,
): Promise<LoadResult> {
  const load = startLoad({
    requestsPerSecond: REQUESTS_PER_SECOND,
    clients: CLIENTS,
    planRound: planShopRound,
    send: (write, auditId) =>
      cluster.request(write.user, write.path, {
        ...write.request,
        headers: { 'audit-id': auditId },
      }),
  });
  let report: LoadReport;
  try {
    await waitForAnswers(load);
    await change(load);
    await waitForAnswers(load);
  } finally {
    report = await load.stop();
  }
  const auditLog = join(cluster.folder, 'audit.log');
  return { ...report, judgements: await readJudgements(auditLog, report) };
}

/** Nothing failed, and nothing passed by Holdfast; the pace is said, and not demanded. */
export function assertNothingLost(result: LoadResult, say: (line: string) => void): void {
  say(describeLoad(result));
  assert.deepEqual(result.failures, []);
  assert.equal(result.failed, 0);
  assertAllJudged(result);
}

/**
 * What failed was refused by the API server, because the replica that it asked gave no answer: at most what the clients had on their
 * way, as often as they came to the lost replica before its endpoint was left out. Nothing passed by Holdfast.
 */
export function assertFailedClosed(result: LoadResult, say: (line: string) => void): void {
  say(describeLoad(result));
  const others = result.failures.filter((failure) => !CALL_FAILED.test(failure));
  assert.deepEqual(others, []);
  assertAllJudged(result);
}

/** What failed was a write of Argo CD that Holdfast refused, because it could not ask about its source. Nothing passed by Holdfast. */
export function assertRefusedAsUnavailable(result: LoadResult, say: (line: string) => void): void {
  say(describeLoad(result));
  const others = result.failures.filter((failure) => !SOURCE_UNAVAILABLE.test(failure));
  assert.deepEqual(others, []);
  assertAllJudged(result);
}

/** Each write that was allowed has a decision of its own. */
export function assertAllJudged({ judgements, allowed, refused }: LoadResult): void {
  assert.deepEqual(judgements.unjudged, []);
  assert.deepEqual(judgements.repeated, []);
  assert.equal(judgements.judged + judgements.unlogged.length, allowed);
  assert.ok(allowed > 0 && refused > 0, `${allowed} allowed, ${refused} refused`);
}

function describeLoad({ latency, ...report }: LoadResult): string {
  const { sent, allowed, refused, failed, interrupted, answersPerSecond, judgements } = report;
  const ms = (us: number): string => (us / 1000).toFixed(1);
  return (
    `${sent} writes at ${answersPerSecond.toFixed(0)} of ${REQUESTS_PER_SECOND} a second: ${allowed} allowed, ` +
    `${refused} refused, ${failed} failed, ${judgements.unjudged.length} unjudged, ${interrupted} interrupted; ` +
    `p50 ${ms(latency.p50Us)} ms, p99 ${ms(latency.p99Us)} ms, longest ${ms(latency.maxUs)} ms; ` +
    `${availableParallelism()} processors, load average ${loadavg()[0]?.toFixed(1)}`
  );
}

async function waitForAnswers(load: PacedLoad): Promise<void> {
  const before = load.answers();
  await waitFor('the load goes on', () => load.answers() >= before + ANSWERS_AROUND);
}
