/** Computes what another replica's report adds to the local state. */
import type { WallMs } from '../base/clock.ts';
import type { IncidentRule } from './settings.ts';
import type { Observation } from './classify-record.ts';
import type { Report } from './replica-status.ts';

export interface ReportContext {
  readonly rule: IncidentRule;
  /** Its last reported count; 0 if there was no report. */
  readonly seen: number;
  readonly previous: Report | undefined;
  readonly nowMs: WallMs;
  readonly quietMs: number;
}

export interface ReportMeaning {
  readonly observations: readonly Observation[];
  /** Objects that were reverted since the last report. */
  readonly healed: readonly string[];
}

/** Counts new attempts. A report of a long quiet incident comes from a replica that no longer exists. */
export function planReport(report: Report, context: ReportContext): ReportMeaning {
  const { previous } = context;
  const healed = Object.entries(report.objects)
    .filter(([object, state]) => state === 'healed' && previous?.objects[object] !== 'healed')
    .map(([object]) => object);
  // A lower count belongs to a new incident, which began at zero.
  const count = report.own >= context.seen ? report.own - context.seen : report.own;
  if (count === 0 || isStale(report, context)) return { observations: [], healed };
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
  };
}

function isStale({ last, expiresAtMs }: Report, { rule, quietMs, nowMs }: ReportContext): boolean {
  const endMs = expiresAtMs ?? Date.parse(last.time) + (rule.quietMs ?? quietMs);
  return endMs < nowMs;
}
