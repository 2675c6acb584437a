/**
 * Everything that keeps and tells what was decided: the journal first, then the sinks and incidents that it serves. Stopped in the other
 * order: what reads the journal ends before it is sealed.
 */
import type { DecisionRecorder } from '../admission/ports.ts';
import { followHeldOpen } from '../alerting/held-open.ts';
import type { ValueHider } from '../audit/hide-values.ts';
import type { Journal } from '../audit/journal.ts';
import type { Configuration } from '../config/schema.ts';
import { bindAlerts } from './bind-alerts.ts';
import { bindJournal, type JournalParts } from './bind-journal.ts';
import { bindSinks } from './bind-sinks.ts';

export interface EvidenceParts extends JournalParts {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface BoundEvidence {
  readonly recorder: DecisionRecorder;
  readonly hider: ValueHider;
  /** Why nothing can be recorded now; sinks and alerts that do not get through are no reason for it. */
  readonly problem: () => string | undefined;
  /** What does not get through without somebody's help. */
  readonly advice: () => string | undefined;
  readonly close: () => Promise<void>;
}

/** What reads the journal and remembers how far it has come. */
interface Reading {
  readonly settledThrough: () => number;
  readonly problem: () => string | undefined;
  readonly close: () => Promise<void>;
}

/** Starts all of it; throws a `HoldfastError` where a part cannot start, and leaves nothing running. */
export async function bindEvidence(
  configuration: Configuration,
  parts: EvidenceParts,
): Promise<BoundEvidence> {
  const { journal, recorder, hider } = await bindJournal(configuration, parts);
  if (journal === undefined) {
    const none = (): undefined => undefined;
    return { recorder, hider, problem: none, advice: none, close: () => Promise.resolve() };
  }
  const readings: Reading[] = [];
  let isStarted = false;
  // Until everybody has said how far it has come, all of it may be needed: retention must not be faster than the start.
  journal.keepFrom(() => (isStarted ? firstNeeded(readings) : 0));
  const close = async (): Promise<void> => {
    await Promise.all(readings.map((reading) => reading.close()));
    await journal.close();
  };
  try {
    await startReadings(configuration, { ...parts, journal }, readings);
  } catch (error) {
    await close();
    throw error;
  }
  isStarted = true;
  const advice = (): string | undefined => {
    const problems = readings.flatMap(({ problem }) => problem() ?? []);
    return problems.length === 0 ? undefined : problems.join('; ');
  };
  return { recorder, hider, problem: journal.problem, advice, close };
}

function firstNeeded(readings: readonly Reading[]): number {
  const settled = readings.map(({ settledThrough }) => settledThrough());
  return Math.min(Number.MAX_SAFE_INTEGER - 1, ...settled) + 1;
}

async function startReadings(
  configuration: Configuration,
  parts: EvidenceParts & { readonly journal: Journal },
  started: Reading[],
): Promise<void> {
  started.push(await followHeldOpen(parts));
  started.push(await bindSinks(configuration, parts));
  started.push(await bindAlerts(configuration, parts));
}
