/** Which span of a calendar the present is in: days of the week or of the year, and hours, on the wall clock of a time zone. */
import { findInstants, type ZoneClock } from './zone-clock.ts';

/** As `Date` counts them. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

export type Weekday = (typeof WEEKDAYS)[number];

export interface Calendar {
  /** The days on which a span begins. Absent: all. */
  readonly days?: readonly Weekday[] | undefined;
  /** `2026-12-20`: no span begins on an earlier day. */
  readonly firstDate?: string | undefined;
  /** `2027-01-03`: no span begins on a later day. */
  readonly lastDate?: string | undefined;
  /** `18:00`. */
  readonly from: string;
  /** `08:00`, on the next day where it is not after `from`; `24:00` is the end of the day. */
  readonly to: string;
}

/** Instants in ms since the epoch: the start belongs to it, the end does not. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = 4;
/** Spans that touch are told as one: so many days of them, each of which costs some time. */
const JOINED_DAYS_MAX = 62;

/**
 * The span that contains the present, joined with those that follow without a gap (for 62 days at most); `undefined` outside of all.
 * A span begins when the clock first shows its time, and ends when it last shows it, where clocks are set back.
 */
export function matchCalendar(
  calendar: Calendar,
  zone: ZoneClock,
  nowMs: number,
): Span | undefined {
  const today = Math.floor((nowMs + zone.offsetMsAt(nowMs)) / DAY);
  // Yesterday's may go on until today's noon, and where clocks are set back at midnight tomorrow's may have begun.
  for (const day of [today - 1, today, today + 1]) {
    const span = spanOf(day, calendar, zone);
    if (span !== undefined && span.startMs <= nowMs && nowMs < span.endMs) {
      return { startMs: span.startMs, endMs: findEnd(day, span, { calendar, zone }) };
    }
  }
  return undefined;
}

function findEnd(
  day: number,
  { endMs }: Span,
  { calendar, zone }: { readonly calendar: Calendar; readonly zone: ZoneClock },
): number {
  let joinedMs = endMs;
  for (let after = 1; after <= JOINED_DAYS_MAX; after += 1) {
    const next = spanOf(day + after, calendar, zone);
    if (next === undefined || next.startMs > joinedMs) break;
    joinedMs = next.endMs;
  }
  return joinedMs;
}

/** The span that begins on a day, by its number since 1970-01-01. */
function spanOf(day: number, calendar: Calendar, zone: ZoneClock): Span | undefined {
  if (!beginsOn(day, calendar)) return undefined;
  const from = minutesOf(calendar.from);
  const to = minutesOf(calendar.to);
  const endDay = to > from ? day : day + 1;
  return {
    startMs: findInstants(day * DAY + from * MINUTE, zone).firstMs,
    endMs: findInstants(endDay * DAY + to * MINUTE, zone).lastMs,
  };
}

function beginsOn(day: number, { days, firstDate, lastDate }: Calendar): boolean {
  const weekday = WEEKDAYS[(((day + FIRST_WEEKDAY) % 7) + 7) % 7];
  return (
    (days === undefined || days.some((one) => one === weekday)) &&
    (firstDate === undefined || day >= dayOf(firstDate)) &&
    (lastDate === undefined || day <= dayOf(lastDate))
  );
}

function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY;
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return Number(hours) * 60 + Number(minutes);
}
