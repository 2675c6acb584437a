/** How many objects Holdfast follows, and the memory that they take. Source: docs/performance.md, test/bench/RESULTS-FOLLOWED.md. */
import type { ClusterSurvey } from './cluster-survey.ts';
import { listSeen } from './looked.ts';

export interface SizeFinding {
  /** Entries of the cache of followed objects: objects, and what Applications list. */
  readonly entries: number;
  /** For `kubernetes.watch.entriesMax`; `undefined` if the default is enough. */
  readonly entriesMax: number | undefined;
  /** For `resources.limits.memory` of the chart. */
  readonly memoryMib: number;
  /** The largest first. */
  readonly largest: readonly { readonly resource: string; readonly count: number }[];
  /** Resources that could not be counted. */
  readonly unknown: readonly string[];
}

/** The default of `kubernetes.watch.entriesMax`. */
const ENTRIES_DEFAULT = 100_000;
/** A cluster grows, and what finds no room is looked up live. */
const GROWTH = 1.5;
const ENTRIES_STEP = 50_000;
/** The greatest that the configuration takes. */
const ENTRIES_MAX = 5_000_000;
/** What a serving process takes without followed objects, and what it grew by for 10,000 of them when it was measured beside other load. */
const BASE_MIB = 180;
const MIB_PER_10_000 = 31;
/** What the chart sets. */
const MEMORY_MIB_DEFAULT = 512;
const MEMORY_STEP_MIB = 256;
const LARGEST = 5;

/** What could not be counted is left out, and named. */
export function classifySize(survey: Pick<ClusterSurvey, 'counts' | 'applications'>): SizeFinding {
  const counted: { resource: string; count: number }[] = [];
  const unknown: string[] = [];
  for (const [resource, looked] of survey.counts) {
    if (looked.status === 'unseen') unknown.push(resource);
    else counted.push({ resource, count: looked.value });
  }
  const listed = listSeen(survey.applications).reduce((sum, { resources }) => sum + resources, 0);
  const entries = counted.reduce((sum, { count }) => sum + count, listed);
  const wanted = entries * GROWTH;
  const mib = BASE_MIB + (wanted / 10_000) * MIB_PER_10_000;
  return {
    entries,
    entriesMax:
      wanted <= ENTRIES_DEFAULT
        ? undefined
        : Math.min(ENTRIES_MAX, Math.ceil(wanted / ENTRIES_STEP) * ENTRIES_STEP),
    memoryMib: Math.max(MEMORY_MIB_DEFAULT, Math.ceil(mib / MEMORY_STEP_MIB) * MEMORY_STEP_MIB),
    largest: counted.toSorted((a, b) => b.count - a.count).slice(0, LARGEST),
    unknown,
  };
}
