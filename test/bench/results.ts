/** Everything a run of the bench finds out, and how a cell of it becomes one number. */
import type { ApiServerResults } from './api-server-bench.ts';
import type { FollowedResults } from './followed-bench.ts';
import type { GrowthResults } from './growth-bench.ts';
import type { Machine } from './machine.ts';
import type { Cell, Measurements } from './measure.ts';
import { spread } from './percentile.ts';
import type { RunawayReport } from './runaway.ts';

/** The names of the servers, as the tables call them. */
export const CONSTANT = 'node:https, constant answer';
export const LIMIT = 'node:https and JSON.parse (the limit)';
export const HOLDFAST = 'holdfast';
export const HOLDFAST_SOURCES = 'holdfast from its sources';
export const NO_POLICY = 'holdfast without policies';
export const OTHER_BUILD = 'the other build';
export const GATEKEEPER = 'gatekeeper';
export const OPA_HTTP = 'opa, HTTP';
export const OPA_TLS = 'opa, TLS';

export interface StartUp {
  readonly what: string;
  readonly startUpMs: readonly number[];
  /** What others took of the processors meanwhile. */
  readonly disturbance: number;
}

/** What is measured after the servers are stopped, each with a report of its own. */
export interface ApartResults {
  readonly apiServer: ApiServerResults;
  readonly followed: FollowedResults;
  readonly growth: GrowthResults;
}

/** The memory of the server after more and more requests. */
export interface Endurance {
  readonly samples: readonly { readonly requests: number; readonly rssKib: number }[];
}

/** Everything a run of the bench found out. */
export interface BenchResults {
  readonly date: string;
  readonly machine: Machine;
  readonly holdfastVersion: string;
  readonly opaVersion: string;
  readonly plan: {
    readonly rounds: number;
    readonly roundMs: number;
    readonly policies: number;
    /** Which recording the reviews are from: figures of different recordings do not compare. */
    readonly recording: string;
    readonly reviews: readonly ReviewFacts[];
  };
  readonly measurements: Measurements;
  readonly startUps: readonly StartUp[];
  /** Absent in a quick run. */
  readonly runaway: RunawayReport | undefined;
  /** Absent if it was not asked for. */
  readonly endurance: Endurance | undefined;
  /** Absent if it was not asked for. */
  readonly apart: ApartResults | undefined;
}

export interface ReviewFacts {
  readonly title: string;
  readonly bodyBytes: number;
  readonly matching: readonly string[];
  readonly allowed: boolean;
}

/** Requests per second of a cell: the median of its rounds. */
export function throughputOf(cell: Cell | undefined): number {
  return medianOf(cell?.rounds.map(({ requestsPerSecond }) => requestsPerSecond) ?? []);
}

/** The median alone. */
export function medianOf(values: readonly number[]): number {
  return spread(values).median;
}
