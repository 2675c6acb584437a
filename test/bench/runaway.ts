/** One policy that never ends, among reviews that must not suffer from it. */
import type { IntruderReport, LoadBody } from './load-client.ts';
import { runLoad } from './run-load.ts';
import type { RunningServer } from './server-process.ts';
import { runawayReview } from './workload.ts';

const WARM_MS = 3_000;
const GAP_MS = 2_500;

export interface RunawayPlan {
  readonly bodies: readonly LoadBody[];
  readonly connections: number;
  readonly requestsPerSecond: number;
  readonly intrusions: number;
}

/** What the others noticed, for each time the runaway policy was met. */
export interface RunawayReport {
  readonly connections: number;
  readonly requestsPerSecond: number;
  readonly failures: number;
  readonly intruders: readonly IntruderReport[];
}

/** Sends reviews at a fixed pace, and the runaway's review every few seconds among them. */
export async function measureRunaway(
  server: RunningServer,
  { bodies, connections, requestsPerSecond, intrusions }: RunawayPlan,
): Promise<RunawayReport> {
  const atMs = Array.from({ length: intrusions }, (_, number) => WARM_MS + number * GAP_MS);
  const round = await runLoad(server, {
    bodies,
    connections,
    requestsPerSecond,
    durationMs: WARM_MS + intrusions * GAP_MS,
    intruder: { body: runawayReview(), atMs },
  });
  return { connections, requestsPerSecond, failures: round.failures, intruders: round.intruders };
}
