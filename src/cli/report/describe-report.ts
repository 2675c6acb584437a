/** The sentences of a report: its answer, and what the answer does not cover. */
import type { JournalCoverage, Report } from '../../audit/report/collect-report.ts';
import type { WallMs } from '../../base/clock.ts';
import type { Configuration } from '../../config/schema.ts';
import type { ShownReplay } from './describe-replay.ts';
import { formatCount } from '../format-count.ts';

export interface ReportPeriod {
  readonly sinceMs: WallMs;
  readonly untilMs: WallMs;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Shorter silences at the ends are usual. */
const QUIET_MS = HOUR;

/** What a reader wants to know, in one sentence. */
export function formatVerdict(
  report: Report,
  period: ReportPeriod,
  replay: ShownReplay | undefined,
): string {
  const again = replay?.refused.length ?? 0;
  const observed = formatObserved(report, period);
  if (again === 0) return observed;
  return `${observed} Judged again, ${formatCount(again, 'write of a GitOps controller', 'writes of GitOps controllers')} would be refused.`;
}

function formatObserved(report: Report, period: ReportPeriod): string {
  const { wouldDeny, requests, users, undecided } = report;
  const covered = formatDuration(coveredMs(report.journals, period));
  if (wouldDeny > 0) {
    const writes = formatCount(wouldDeny, 'write', 'writes');
    return `If you enforced today, ${writes} by ${formatCount(users, 'user', 'users')} would have been refused in ${covered}.`;
  }
  if (requests === 0) return 'Nothing was recorded in this time, so nothing is known.';
  if (undecided > 0) {
    return `Nothing is known to have been refused in ${covered}, but ${formatCount(undecided, 'write', 'writes')} cannot be judged any more.`;
  }
  return `Nothing would have been refused in ${covered} over ${formatCount(requests, 'write', 'writes')}.`;
}

/** Everything that the answer does not cover, as far as the journals and the configuration tell. */
export function listNotKnown(
  report: Report,
  period: ReportPeriod,
  {
    configuration,
    replay,
  }: {
    readonly configuration: Configuration | undefined;
    readonly replay: ShownReplay | undefined;
  },
): readonly string[] {
  return [
    ...report.journals.flatMap((journal) => describeCoverage(journal, period)),
    ...describeRecords(report),
    ...describeConfiguration(configuration),
    replay === undefined ? NOT_REPLAYED : REPLAYED,
    'Requests to which no policy objects are recorded only as audit.record says: there were at least as many as are counted.',
    'Grants of break-glass are looked up for real denials only, so what a grant would have allowed is counted.',
  ];
}

const NOT_REPLAYED =
  'The last writes of the GitOps controllers were not judged again by the configuration of now: --replay does, beside the live cluster.';
const REPLAYED =
  'Judged again are identity, ownership and contents: the pod of the controller is believed as recorded, no operation of the application is asked for, and signatures, provenance, promotion and manifests in Git are left to the webhook, which asks repositories and registries.';

function describeCoverage(journal: JournalCoverage, period: ReportPeriod): readonly string[] {
  const { name, firstMs, lastMs, missing, setAside } = journal;
  if (firstMs === undefined || lastMs === undefined) return [`${name} has no entries.`];
  const before = firstMs - period.sinceMs;
  const after = period.untilMs - lastMs;
  return [
    ...(before > QUIET_MS
      ? [
          `${name} begins at ${formatTime(firstMs)}: nothing is known of the ${formatDuration(before)} before.`,
        ]
      : []),
    ...(after > QUIET_MS
      ? [
          `${name} ends at ${formatTime(lastMs)}: in the ${formatDuration(after)} since, nothing was recorded, or Holdfast was not asked.`,
        ]
      : []),
    ...(missing > 0
      ? [
          `${formatCount(missing, 'entry is', 'entries are')} missing in ${name}: run holdfast audit verify.`,
        ]
      : []),
    ...setAside.map((file) => `${file} of ${name} is damaged, was set aside and is not read.`),
  ];
}

function describeRecords(report: Report): readonly string[] {
  const { unreadable, undecided, judgedBy, judgedByOthers } = report;
  const earlier =
    judgedBy.slice(1).reduce((sum, { requests }) => sum + requests, 0) + judgedByOthers;
  return [
    ...(unreadable > 0
      ? [
          `${formatCount(unreadable, 'entry is', 'entries are')} no record: run holdfast audit verify.`,
        ]
      : []),
    ...(undecided > 0
      ? [
          `${formatCount(undecided, 'record', 'records')} of an earlier version do not say whether the objection would have refused: see holdfast audit query --decision warned.`,
        ]
      : []),
    ...(earlier > 0
      ? [
          `${formatCount(earlier, 'request was', 'requests were')} judged by an earlier configuration or policy bundle than the last: what they would get now may differ.`,
        ]
      : []),
  ];
}

function describeConfiguration(configuration: Configuration | undefined): readonly string[] {
  if (configuration === undefined) {
    return [
      'No configuration was read, so policies that are off are not known: name it by --config.',
    ];
  }
  const { policies, audit } = configuration;
  const off = [
    ...(policies.mode === 'off' ? ['policies.mode'] : []),
    ...placesThatAreOff(policies).map((place) => `policies.${place}`),
    ...Object.entries(policies.settings).flatMap(([policy, own]) =>
      [...(own.mode === 'off' ? ['mode'] : []), ...placesThatAreOff(own)].map(
        (place) => `policies.settings.${policy}.${place}`,
      ),
    ),
  ];
  return [
    ...(policies.mode === 'warn' || policies.mode === 'audit'
      ? [
          `policies.mode is ${policies.mode} for every policy, also for those that are off by themselves: what these would refuse is counted, and they are off again without it.`,
        ]
      : []),
    ...off.map((key) => `${key} is off: what would be refused there was not judged.`),
    ...(audit.recordFailure === 'allow'
      ? [
          'audit.recordFailure is allow: a record that could not be written is a log line at level error, and is not counted.',
        ]
      : []),
  ];
}

interface ModeLists {
  readonly namespaces: Readonly<Record<string, string>>;
  readonly overrides: readonly { readonly mode?: string | undefined }[];
}

function placesThatAreOff({ namespaces, overrides }: ModeLists): readonly string[] {
  const named = Object.entries(namespaces).flatMap(([key, mode]) =>
    mode === 'off' ? [`namespaces.${key}`] : [],
  );
  const selected = overrides.flatMap(({ mode }, position) =>
    mode === 'off' ? [`overrides[${String(position)}]`] : [],
  );
  return [...named, ...selected];
}

/** From the oldest to the newest entry of the time that was asked for. */
function coveredMs(journals: readonly JournalCoverage[], period: ReportPeriod): number {
  const firsts = journals.flatMap(({ firstMs }) => firstMs ?? []);
  if (firsts.length === 0) return 0;
  const from = Math.max(period.sinceMs, Math.min(...firsts));
  return Math.max(0, period.untilMs - from);
}

function formatDuration(ms: number): string {
  if (ms >= 2 * DAY) return formatCount(Math.floor(ms / DAY), 'day', 'days');
  if (ms >= 2 * HOUR) return formatCount(Math.floor(ms / HOUR), 'hour', 'hours');
  return formatCount(Math.max(1, Math.floor(ms / MINUTE)), 'minute', 'minutes');
}

/** RFC 3339, to the second. */
export function formatTime(ms: WallMs): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/u, 'Z');
}
