/**
 * Policies that never end, among reviews that must not suffer from them. Each of five is met twice: the first time on the
 * admission thread, where its fuel ends it, and then in a worker, where its deadline does; the second time in a worker
 * alone.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { IntruderReport, LoadBody } from './load-client.ts';
import { DISTURBANCE_MAX } from './measure.ts';
import { runLoad } from './run-load.ts';
import type { RunningServer } from './server-process.ts';
import { runawayReview } from './workload.ts';

/** Until what the start left is collected and compiled: that is no matter of these policies. */
const WARM_MS = 8_000;
const GAP_MS = 2_500;
const NUMBERS = [1, 2, 3, 4, 5];

/** How many of the intruders come first, each with a policy that the server has not met. */
export const UNKNOWN_POLICIES = NUMBERS.length;

export interface RunawayPlan {
  /** Each attempt has a server of its own: one that has met the policies leaves them to its workers. */
  readonly start: () => Promise<RunningServer>;
  readonly bodies: readonly LoadBody[];
  readonly connections: number;
  readonly requestsPerSecond: number;
}

/** What the others noticed, for each time a runaway policy was met. */
export interface RunawayReport {
  readonly connections: number;
  readonly requestsPerSecond: number;
  readonly failures: number;
  readonly disturbance: number;
  readonly intruders: readonly IntruderReport[];
}

const ATTEMPTS_MAX = 4;

/** Copies the policy of a folder under five names, each for a namespace of its own. */
export async function writeRunawayPolicies(fromFolder: string, toFolder: string): Promise<void> {
  const text = await readFile(join(fromFolder, 'runaway', 'runaway.rego'), 'utf8');
  for (const number of NUMBERS) {
    const name = `runaway_${number}`;
    await mkdir(join(toFolder, name));
    const own = text
      .replace('holdfast.policies.runaway', `holdfast.policies.${name}`)
      .replace('namespaces: [runaway]', `namespaces: [${namespaceOf(number)}]`);
    await writeFile(join(toFolder, name, `${name}.rego`), own);
  }
}

function namespaceOf(number: number): string {
  return `runaway-${number}`;
}

/** Repeats a measurement that other processes disturbed, and keeps the least disturbed one. */
export async function measureUndisturbedRunaway(plan: RunawayPlan): Promise<RunawayReport> {
  let best = await measureRunaway(plan);
  for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt += 1) {
    if (best.disturbance <= DISTURBANCE_MAX) break;
    const next = await measureRunaway(plan);
    if (next.disturbance < best.disturbance) best = next;
  }
  return best;
}

/** Sends reviews at a fixed pace, and a runaway's review every few seconds among them. */
export async function measureRunaway({
  start,
  bodies,
  connections,
  requestsPerSecond,
}: RunawayPlan): Promise<RunawayReport> {
  const intrusions = 2 * NUMBERS.length;
  const atMs = Array.from({ length: intrusions }, (_, number) => WARM_MS + number * GAP_MS);
  const server = await start();
  try {
    const { failures, disturbance, intruders } = await runLoad(server, {
      bodies,
      connections,
      requestsPerSecond,
      durationMs: WARM_MS + intrusions * GAP_MS,
      intruder: { bodies: NUMBERS.map((number) => runawayReview(namespaceOf(number))), atMs },
    });
    return { connections, requestsPerSecond, failures, disturbance, intruders };
  } finally {
    await server.stop();
  }
}
