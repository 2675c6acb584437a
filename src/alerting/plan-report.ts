/** Computes what another replica's report adds to the local state. */
import type { WallMs } from '../base/clock.ts';
import type { IncidentRule } from './settings.ts';
import type { Observation } from './classify-record.ts';
import type { Report } from './replica-status.ts';
import type { SeenReport } from './incident-state.ts';

export interface ReportContext {
  readonly rule: IncidentRule;
  /** What was counted of it; absent if there was no report. */
  readonly seen: SeenReport | undefined;
  readonly previous: Report | undefined;
  /** Whether its replica has published anything new since we know it. */
  readonly isAlive: boolean;
  readonly nowMs: WallMs;
  readonly quietMs: number;
}

export interface ReportMeaning {
  readonly observations: readonly Observation[];
  /** Objects that were reverted since the last report. */
  readonly healed: readonly string[];
  /** Whether it seems to be left by a replica that no longer exists: it is judged again. */
  readonly isStale: boolean;
}

/**
 * Counts new attempts. A report of a long quiet incident comes from a replica that no longer exists, or whose clock is wrong: it
 * counts as soon as that replica gives a sign of life.
 */
export function planReport(report: Report, context: ReportContext): ReportMeaning {
  const { previous } = context;
  const healed = Object.entries(report.objects)
    .filter(([object, state]) => state === 'healed' && previous?.objects[object] !== 'healed')
    .map(([object]) => object);
  const count = countNew(report, context.seen);
  if (count === 0) return { observations: [], healed, isStale: false };
  if (!context.isAlive && isLongQuiet(report, context)) {
    return { observations: [], healed, isStale: true };
  }
  const { rule } = context;
  const { key, group, last, expiresAtMs } = report;
  const unlisted = Math.max(0, report.unlisted - (previous?.unlisted ?? 0));
  const common = { rule, key, group, own: 0, attempt: last, expiresAtMs };
  const objects = Object.keys(report.objects).filter(
    (object, index) => index === 0 || previous?.objects[object] === undefined,
  );
  return {
    observations: objects.map((object, index) => ({
      ...common,
      object,
      count: index === 0 ? count : 0,
      ...(index === 0 && unlisted > 0 && { unlisted }),
    })),
    healed,
    isStale: false,
  };
}

/** A new incident begins at zero, and its count may have passed that of the one before since it was read last. */
function countNew({ own, first }: Report, seen: SeenReport | undefined): number {
  if (seen === undefined || own < seen.own) return own;
  const isNew = first !== undefined && seen.first !== undefined && first !== seen.first;
  return isNew ? own : own - seen.own;
}

function isLongQuiet(
  { last, expiresAtMs }: Report,
  { rule, quietMs, nowMs }: ReportContext,
): boolean {
  const endMs = expiresAtMs ?? Date.parse(last.time) + (rule.quietMs ?? quietMs);
  return endMs < nowMs;
}
