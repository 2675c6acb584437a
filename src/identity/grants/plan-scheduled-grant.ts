/**
 * The grant of a schedule: the configuration, which lies in Git, lets its people make one kind of change during its hours. Nobody has to
 * approve it at night.
 */
import type { FollowedCalendar } from '../../base/calendar/followed-calendar.ts';
import type { Grant } from './parse-grant.ts';
import type { GrantSchedule } from './settings.ts';

/** A schedule of the configuration with its calendar. */
export interface OpenSchedule extends Pick<
  GrantSchedule,
  'name' | 'reason' | 'subjects' | 'namespaces' | 'resources' | 'objects' | 'verbs' | 'uses'
> {
  readonly calendar: Pick<FollowedCalendar, 'spanAt'>;
}

export interface ScheduledGrant {
  readonly grant: Grant;
  /** Whether its hours are now; else the grant says what it would let pass. */
  readonly isOpen: boolean;
}

/** `undefined` for who is not named. Each day has its own id, by which uses are counted: `schedule.nights.20261130T1700Z`. */
export function planScheduledGrant(
  schedule: OpenSchedule,
  {
    username,
    cluster,
    nowMs,
  }: { readonly username: string; readonly cluster: string; readonly nowMs: number },
): ScheduledGrant | undefined {
  const { name, reason, subjects, namespaces, resources, objects, verbs, uses, calendar } =
    schedule;
  if (!subjects.includes(username)) return undefined;
  const span = calendar.spanAt(nowMs);
  const { startMs, endMs } = span ?? { startMs: nowMs, endMs: nowMs + 1 };
  const begins = new Date(startMs).toISOString();
  const grant: Grant = {
    id: span === undefined ? `schedule.${name}` : `schedule.${name}.${formatDay(begins)}`,
    subject: username,
    groups: [],
    scope: { clusters: [cluster], namespaces, resources, names: objects, verbs },
    reason,
    ticket: '',
    notBefore: begins,
    expires: new Date(endMs).toISOString(),
    uses,
  };
  return { grant, isOpen: span !== undefined };
}

/** `20261130T1700Z`: what a key of a ConfigMap may hold. */
function formatDay(time: string): string {
  return `${time.slice(0, 16).replaceAll(/[-:]/gu, '')}Z`;
}
