/**
 * Measures evaluations of policies, round by round: a noisy moment of the machine meets them all alike, and a round in which others took too
 * much of it is measured again.
 */
import { nextTurn } from '../../base/run-steps.ts';
import { getHeapStatistics } from 'node:v8';
import type { WasmHost } from '../../policy/wasm/wasm-host.ts';
import { errorText } from '../../base/error-details.ts';
import type { BenchCase } from './bench-case.ts';
import type { PolicyFigures } from './bench-report-schema.ts';
import { chooseRounds, hasEnoughRounds, worstDisturbance } from './classify-rounds.ts';
import { disturbanceBetween, readMachineLoad } from './machine-load.ts';

export interface MeasurePlan {
  readonly rounds: number;
  /** What all rounds take together, and the warm-up besides; twice as much where others disturb. */
  readonly durationMs: number;
  /** Told after each round. */
  readonly progress: (line: string) => void;
}

/** A policy with its cases, at least one. */
export interface MeasuredPolicy {
  readonly name: string;
  readonly cases: readonly BenchCase[];
}

export interface Measurements {
  readonly policies: readonly PolicyFigures[];
  readonly failed: readonly { readonly name: string; readonly reason: string }[];
  readonly disturbance: number | null;
}

/** Where others disturb, so many times as many rounds are measured at most. */
const ATTEMPTS_FACTOR = 2;
/** V8 compiles what runs often; that takes some thousand calls. */
const WARM_UP_SHARE = 0.2;
/** Of one policy in a round: enough for a p99, and few megabytes to keep. */
const CALLS_MAX = 20_000;
/** Of calls that are counted together: so few that the garbage collector seldom comes in between. */
const HEAP_CALLS = 16;
const HEAP_BATCHES = 15;
const US_PER_MS = 1000;
const WHOLE_PERCENT = 100;

interface Round {
  readonly disturbance: number | undefined;
  /** Microseconds of each call, by policy. */
  readonly times: ReadonlyMap<string, readonly number[]>;
}

/** Whatever does not complete is left out, with the reason. */
export async function measurePolicies(
  host: Pick<WasmHost, 'evaluate' | 'usedBytes'>,
  policies: readonly MeasuredPolicy[],
  { rounds: wanted, durationMs, progress }: MeasurePlan,
): Promise<Measurements> {
  const failed = policies.flatMap(({ name, cases }) => {
    const reason = findFailure(host, cases);
    return reason === undefined ? [] : [{ name, reason }];
  });
  const measured = policies.filter(({ name }) => failed.every((other) => other.name !== name));
  if (measured.length === 0) return { policies: [], failed, disturbance: null };
  const shareMs = durationMs / wanted / measured.length;
  await runRound(host, measured, shareMs * wanted * WARM_UP_SHARE);
  progress(`warmed up: ${String(measured.length)} policies`);
  const rounds: Round[] = [];
  while (!hasEnoughRounds(rounds, wanted) && rounds.length < wanted * ATTEMPTS_FACTOR) {
    const round = await runRound(host, measured, shareMs);
    rounds.push(round);
    const others = ((round.disturbance ?? 0) * WHOLE_PERCENT).toFixed(0);
    progress(`round ${String(rounds.length)}: others took ${others} % of the machine`);
  }
  const chosen = chooseRounds(rounds, wanted);
  return {
    policies: measured.map((policy) => summarize(host, policy, chosen)),
    failed,
    disturbance: worstDisturbance(chosen),
  };
}

function findFailure(
  host: Pick<WasmHost, 'evaluate'>,
  cases: readonly BenchCase[],
): string | undefined {
  for (const { review, input } of cases) {
    try {
      host.evaluate([input], { nowMs: 0 });
    } catch (fault) {
      return `${review}: ${errorText(fault)}`;
    }
  }
  return undefined;
}

/** Each policy in turn, for its share of the time; at least one call. */
async function runRound(
  host: Pick<WasmHost, 'evaluate'>,
  policies: readonly MeasuredPolicy[],
  shareMs: number,
): Promise<Round> {
  const before = await readMachineLoad();
  const times = new Map<string, readonly number[]>();
  for (const { name, cases } of policies) {
    times.set(name, timeCalls(host, cases, shareMs));
    // Or a signal would wait for the end of the round.
    await nextTurn();
  }
  return { disturbance: disturbanceBetween(before, await readMachineLoad()), times };
}

function timeCalls(
  host: Pick<WasmHost, 'evaluate'>,
  cases: readonly BenchCase[],
  shareMs: number,
): readonly number[] {
  const times: number[] = [];
  const untilMs = performance.now() + shareMs;
  for (;;) {
    for (const { input } of cases) {
      const startMs = performance.now();
      host.evaluate([input], { nowMs: 0 });
      const endMs = performance.now();
      times.push((endMs - startMs) * US_PER_MS);
      if (endMs >= untilMs || times.length >= CALLS_MAX) return times;
    }
  }
}

function summarize(
  host: Pick<WasmHost, 'evaluate' | 'usedBytes'>,
  { name, cases }: MeasuredPolicy,
  rounds: readonly Round[],
): PolicyFigures {
  const sorted = rounds.flatMap(({ times }) => times.get(name) ?? []).toSorted((a, b) => a - b);
  return {
    name,
    reviews: cases.length,
    calls: sorted.length,
    p50Us: percentile(sorted, 0.5),
    p99Us: percentile(sorted, 0.99),
    wasmBytes: Math.max(...cases.map(({ input }) => wasmBytesOf(host, input))),
    heapBytes: Math.round(heapBytesOf(host, cases)),
  };
}

/** Nearest rank. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function wasmBytesOf(host: Pick<WasmHost, 'evaluate' | 'usedBytes'>, input: Uint8Array): number {
  host.evaluate([input], { nowMs: 0 });
  return host.usedBytes;
}

/** The middle of several batches. One in which garbage was collected seems to take less, or nothing. */
function heapBytesOf(host: Pick<WasmHost, 'evaluate'>, cases: readonly BenchCase[]): number {
  const means: number[] = [];
  let next = 0;
  for (let batch = 0; batch < HEAP_BATCHES; batch += 1) {
    const before = getHeapStatistics().used_heap_size;
    for (let call = 0; call < HEAP_CALLS; call += 1) {
      const input = cases[next % cases.length]?.input;
      if (input !== undefined) host.evaluate([input], { nowMs: 0 });
      next += 1;
    }
    const grownBytes = getHeapStatistics().used_heap_size - before;
    if (grownBytes >= 0) means.push(grownBytes / HEAP_CALLS);
  }
  return percentile(
    means.toSorted((a, b) => a - b),
    0.5,
  );
}
