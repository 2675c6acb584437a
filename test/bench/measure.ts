/** Measures every server on every review, round by round, so that a noisy minute of the machine meets them all alike. */
import type { LoadBody } from './load-client.ts';
import { readMemory, type MemoryUse } from './process-usage.ts';
import { runLoad, type Round } from './run-load.ts';
import type { RunningServer } from './server-process.ts';
import type { BenchReview } from './workload.ts';

/** One server under test. */
export interface Target {
  readonly name: string;
  readonly server: RunningServer;
  /** What to post for a review, and how a right answer is told from a wrong one. */
  readonly bodyFor: (review: BenchReview) => LoadBody;
}

/** All rounds of one server with one review at one number of connections. */
export interface Cell {
  readonly target: string;
  readonly review: string;
  readonly connections: number;
  readonly rounds: readonly Round[];
}

/** Memory of a server that has just started, and after all of its load. */
export interface TargetMemory {
  readonly target: string;
  readonly idle: MemoryUse;
  readonly loaded: MemoryUse;
}

export interface MeasurePlan {
  readonly reviews: readonly BenchReview[];
  readonly connections: readonly number[];
  readonly rounds: number;
  readonly roundMs: number;
  readonly warmUpMs: number;
  readonly progress: (line: string) => void;
}

/** Above this share of processors taken by others a round proves nothing. Kernel work charged to no process is a few percent. */
export const DISTURBANCE_MAX = 0.1;
/** How often a disturbed round is measured again before the least disturbed one is kept, and reported as such. */
const ATTEMPTS_MAX = 6;
const PAUSE_MS = 2_000;

/** Everything measured of all targets. */
export interface Measurements {
  /** Rounds measured again because other processes took too much of the machine. */
  readonly repeatedRounds: number;
  readonly cells: readonly Cell[];
  readonly memory: readonly TargetMemory[];
}

/** Warms every target, then measures in rounds; ends with an error when a single answer was wrong. */
export async function measureTargets(
  targets: readonly Target[],
  plan: MeasurePlan,
): Promise<Measurements> {
  const idle = await Promise.all(targets.map(({ server }) => readMemory(server.pid)));
  await warmUp(targets, plan);
  const rounds = new Map<string, Round[]>();
  let repeatedRounds = 0;
  for (let number = 1; number <= plan.rounds; number += 1) {
    for (const { target, review, connections } of listCells(targets, plan)) {
      const { round, repeats } = await measureUndisturbed(target, review, {
        connections,
        durationMs: plan.roundMs,
      });
      repeatedRounds += repeats;
      const key = cellKey(target.name, review.title, connections);
      rounds.set(key, [...(rounds.get(key) ?? []), round]);
      plan.progress(describeRound(number, key, round));
    }
  }
  const loaded = await Promise.all(targets.map(({ server }) => readMemory(server.pid)));
  return {
    repeatedRounds,
    cells: [...listCells(targets, plan)].map(({ target, review, connections }) => ({
      target: target.name,
      review: review.title,
      connections,
      rounds: rounds.get(cellKey(target.name, review.title, connections)) ?? [],
    })),
    memory: targets.map(({ name }, position) => ({
      target: name,
      idle: idle[position] ?? { rssKib: 0, peakKib: 0 },
      loaded: loaded[position] ?? { rssKib: 0, peakKib: 0 },
    })),
  };
}

async function warmUp(targets: readonly Target[], plan: MeasurePlan): Promise<void> {
  for (const target of targets) {
    for (const review of plan.reviews) {
      await measureOnce(target, review, { connections: 8, durationMs: plan.warmUpMs });
    }
    plan.progress(`warmed up: ${target.name}`);
  }
}

/** Targets innermost: what is compared is measured side by side. */
function* listCells(
  targets: readonly Target[],
  plan: MeasurePlan,
): Generator<{ target: Target; review: BenchReview; connections: number }> {
  for (const review of plan.reviews) {
    for (const connections of plan.connections) {
      for (const target of targets) yield { target, review, connections };
    }
  }
}

/** Repeats by disturbance alone, never by what was measured: choosing among results would be choosing the result. */
async function measureUndisturbed(
  target: Target,
  review: BenchReview,
  load: { readonly connections: number; readonly durationMs: number },
): Promise<{ readonly round: Round; readonly repeats: number }> {
  let best = await measureOnce(target, review, load);
  let repeats = 0;
  while (best.disturbance > DISTURBANCE_MAX && repeats < ATTEMPTS_MAX - 1) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const round = await measureOnce(target, review, load);
    repeats += 1;
    if (round.disturbance < best.disturbance) best = round;
  }
  return { round: best, repeats };
}

async function measureOnce(
  target: Target,
  review: BenchReview,
  { connections, durationMs }: { readonly connections: number; readonly durationMs: number },
): Promise<Round> {
  const round = await runLoad(target.server, {
    bodies: [target.bodyFor(review)],
    connections,
    durationMs,
  });
  if (round.failures > 0) {
    throw new Error(
      `"${target.name}" must answer every "${review.title}" rightly: found ${round.failures} of ${round.requests} wrong`,
    );
  }
  return round;
}

function cellKey(target: string, review: string, connections: number): string {
  return `${target}, ${review}, ${connections} connections`;
}

function describeRound(number: number, key: string, round: Round): string {
  const { latency, requestsPerSecond, serverCpuUsPerRequest } = round;
  return (
    `round ${number}: ${key}: ${requestsPerSecond.toFixed(0)} requests/s, ` +
    `p50 ${latency.p50Us.toFixed(0)} µs, p99 ${latency.p99Us.toFixed(0)} µs, ` +
    `${serverCpuUsPerRequest.toFixed(0)} µs of server CPU each, others ${(round.disturbance * 100).toFixed(0)} %`
  );
}
