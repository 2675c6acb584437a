/** A calendar that is asked at every request, and computed a few times an hour. */
import { matchCalendar, type Calendar, type Span } from './match-calendar.ts';
import type { ZoneClock } from './zone-clock.ts';

const MINUTE = 60_000;

/** Every change of a calendar lies at a whole minute, so that an answer stands until the next one. */
export class FollowedCalendar {
  readonly #calendar: Calendar;
  readonly #zone: ZoneClock;
  #span: Span | undefined;
  /** For which times the last answer stands: until the end of the span, or of the minute. */
  #stands: Span = { startMs: 0, endMs: 0 };

  constructor(calendar: Calendar, zone: ZoneClock) {
    this.#calendar = calendar;
    this.#zone = zone;
  }

  /** The span of the calendar that this time is in. */
  spanAt(nowMs: number): Span | undefined {
    // A clock that was set back asks anew.
    if (nowMs < this.#stands.startMs || nowMs >= this.#stands.endMs) {
      const minuteMs = Math.floor(nowMs / MINUTE) * MINUTE;
      this.#span = matchCalendar(this.#calendar, this.#zone, nowMs);
      this.#stands = this.#span ?? { startMs: minuteMs, endMs: minuteMs + MINUTE };
    }
    return this.#span;
  }
}
