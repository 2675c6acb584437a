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

/** How reviews are sent. */
export interface Load {
  readonly connections: number;
  /** A fixed pace, whatever the server does; absent: each connection sends its next review when the last was answered. */
  readonly requestsPerSecond?: number;
}

/** All rounds of one server with one review under one load. */
export interface Cell {
  readonly target: string;
  readonly review: string;
  readonly load: Load;
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
  readonly loads: readonly Load[];
  readonly rounds: number;
  readonly roundMs: number;
  readonly warmUp: WarmUp;
  /** Whether a disturbed round is kept, for a comparison beside other load. */
  readonly keepsDisturbed: boolean;
  readonly progress: (line: string) => void;
}

/** How long a server runs before it is measured. */
export interface WarmUp {
  readonly roundMs: number;
  /** For each review, at most. */
  readonly roundsMax: number;
}

/** Above this share of processors taken by others a round proves nothing. Kernel work charged to no process is a few percent. */
export const DISTURBANCE_MAX = 0.1;
/** How often a disturbed round is measured again before the least disturbed one is kept, and reported as such. */
const ATTEMPTS_MAX = 6;
const PAUSE_MS = 2_000;
/** Warm-up goes on while V8's helpers, which compile, take less with each round. What they take then is collection. */
const V8_SETTLED_SHARE = 0.8;
const WARM_UP_CONNECTIONS = 32;

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
    for (const { target, review, load } of listCells(targets, plan)) {
      const timed = { ...load, durationMs: plan.roundMs };
      const { round, repeats } = await (plan.keepsDisturbed
        ? { round: await measureOnce(target, review, timed), repeats: 0 }
        : measureUndisturbed(target, review, timed));
      repeatedRounds += repeats;
      const key = cellKey(target.name, review.title, load);
      rounds.set(key, [...(rounds.get(key) ?? []), round]);
      plan.progress(describeRound(number, key, round));
    }
  }
  const loaded = await Promise.all(targets.map(({ server }) => readMemory(server.pid)));
  return {
    repeatedRounds,
    cells: [...listCells(targets, plan)].map(({ target, review, load }) => ({
      target: target.name,
      review: review.title,
      load,
      rounds: rounds.get(cellKey(target.name, review.title, load)) ?? [],
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
    for (const review of plan.reviews) await settle(target, review, plan.warmUp);
    plan.progress(`warmed up: ${target.name}`);
  }
}

async function settle(
  target: Target,
  review: BenchReview,
  { roundMs, roundsMax }: WarmUp,
): Promise<void> {
  let beforeUs = Infinity;
  for (let round = 0; round < roundsMax; round += 1) {
    const { threadCpuUsPerRequest } = await measureOnce(target, review, {
      connections: WARM_UP_CONNECTIONS,
      durationMs: roundMs,
    });
    if (threadCpuUsPerRequest.v8 > beforeUs * V8_SETTLED_SHARE) return;
    beforeUs = threadCpuUsPerRequest.v8;
  }
}

/** Targets innermost: what is compared is measured side by side. */
function* listCells(
  targets: readonly Target[],
  plan: MeasurePlan,
): Generator<{ target: Target; review: BenchReview; load: Load }> {
  for (const review of plan.reviews) {
    for (const load of plan.loads) {
      for (const target of targets) yield { target, review, load };
    }
  }
}

/** Repeats by disturbance alone, never by what was measured: choosing among results would be choosing the result. */
async function measureUndisturbed(
  target: Target,
  review: BenchReview,
  load: TimedLoad,
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

interface TimedLoad extends Load {
  readonly durationMs: number;
}

async function measureOnce(target: Target, review: BenchReview, load: TimedLoad): Promise<Round> {
  const round = await runLoad(target.server, { bodies: [target.bodyFor(review)], ...load });
  if (round.failures > 0) {
    throw new Error(
      `"${target.name}" must answer every "${review.title}" rightly: found ${round.failures} of ${round.requests} wrong`,
    );
  }
  return round;
}

function cellKey(target: string, review: string, load: Load): string {
  return `${target}, ${review}, ${describeLoad(load)}`;
}

/** A load in words: `32 connections`, `4 connections at 500 requests/s`. */
export function describeLoad({ connections, requestsPerSecond }: Load): string {
  const count = connections === 1 ? 'one connection' : `${connections} connections`;
  return requestsPerSecond === undefined ? count : `${count} at ${requestsPerSecond} requests/s`;
}

function describeRound(number: number, key: string, round: Round): string {
  const { latency, requestsPerSecond, serverCpuUsPerRequest } = round;
  return (
    `round ${number}: ${key}: ${requestsPerSecond.toFixed(0)} requests/s, ` +
    `p50 ${latency.p50Us.toFixed(0)} µs, p99 ${latency.p99Us.toFixed(0)} µs, ` +
    `${serverCpuUsPerRequest.toFixed(0)} µs of server CPU each (${formatThreads(round)}), others ${(round.disturbance * 100).toFixed(0)} %`
  );
}

/** Main thread, workers and V8's helpers, in microseconds: `62 / 0 / 1`. */
export function formatThreads({
  threadCpuUsPerRequest: us,
}: Pick<Round, 'threadCpuUsPerRequest'>): string {
  return [us.main, us.workers, us.v8].map((part) => part.toFixed(0)).join(' / ');
}
