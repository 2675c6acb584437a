/** What a replica lets the others know: its open incidents, and which keys it has told. */
import type { Incident } from './incident.ts';

export interface BoardContent {
  readonly incidents: readonly Incident[];
  /** Keys that a target has accepted. */
  readonly told: readonly string[];
  /** Groups that ended, with their counts. */
  readonly ended: ReadonlyMap<string, number>;
  readonly bytesMax: number;
}

/** The newest of what was told; the rest of the bytes is for the incidents themselves. */
const TOLD_MAX = 150;

/**
 * As JSON, with as many incidents as there is room for, the latest first. One that has no room is told by its own replica:
 * nobody else will list it as told.
 */
export function formatBoard({ incidents, told, ended, bytesMax }: BoardContent): string {
  const kept = told.slice(-TOLD_MAX);
  const head = `{"version":1,"told":${JSON.stringify(kept)},"ended":${JSON.stringify([...ended])}`;
  const latest = incidents
    // Summaries are of each replica's own budget.
    .filter(({ objects }) => !Object.keys(objects).some((object) => object.startsWith('target/')))
    .toSorted((a, b) => b.quietSinceMs - a.quietSinceMs);
  const reports: string[] = [];
  let bytes = Buffer.byteLength(head) + 64;
  for (const incident of latest) {
    const report = JSON.stringify(reportOf(incident));
    bytes += Buffer.byteLength(report) + 1;
    if (bytes > bytesMax) break;
    reports.push(report);
  }
  return `${head},"reports":[${reports.join(',')}]}`;
}

function reportOf({ key, group, rule, own, objects, unlisted, last, expiresAtMs }: Incident) {
  return { key, group, rule, own, objects, unlisted, last, expiresAtMs };
}
