/** What another replica's report adds to what is known here. */
import type { WallMs } from '../base/clock.ts';
import type { IncidentRule } from './settings.ts';
import type { Observation } from './classify-record.ts';
import type { Report } from './replica-status.ts';

export interface ReportContext {
  readonly rule: IncidentRule;
  /** Its count when it was last heard; 0 where it was not. */
  readonly seen: number;
  readonly previous: Report | undefined;
  readonly nowMs: WallMs;
  readonly quietMs: number;
}

export interface ReportMeaning {
  readonly observations: readonly Observation[];
  /** Objects that were healed since the last report. */
  readonly healed: readonly string[];
}

/** Counts what is new. A report about what has been quiet for long is of a replica that is gone. */
export function planReport(report: Report, context: ReportContext): ReportMeaning {
  const { previous } = context;
  const healed = Object.entries(report.objects)
    .filter(([object, state]) => state === 'healed' && previous?.objects[object] !== 'healed')
    .map(([object]) => object);
  // A count that is lower is of a new incident: it began at zero.
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
