/** Days and hours of a time zone in the configuration. */
import { z } from 'zod';
import { WEEKDAYS } from '../base/calendar/match-calendar.ts';
import { openZone } from '../base/calendar/zone-clock.ts';

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/u;
const DATE = /^\d{4}-\d\d-\d\d$/u;
const DAY_MS = 24 * 60 * 60 * 1000;

const dateSchema = z.string().refine(isDate, 'Expected a day of the calendar, as in 2026-12-20');

/** Keys of a section that says when something holds. */
export const calendarShape = {
  timeZone: z
    .string()
    .max(64)
    .refine((name) => openZone(name) !== undefined, {
      error: 'Expected a time zone of the IANA database, as in Europe/Berlin, or UTC',
    })
    .default('UTC')
    .describe('The time zone of the days and hours, by its name in the IANA database.'),
  days: z
    .array(z.enum(WEEKDAYS))
    .min(1)
    .max(WEEKDAYS.length)
    .readonly()
    .optional()
    .describe('The days of the week on which it begins. Absent: every day.'),
  firstDate: dateSchema
    .optional()
    .describe('The first day on which it begins. Absent: since ever.'),
  lastDate: dateSchema.optional().describe('The last day on which it begins. Absent: for ever.'),
  from: z
    .string()
    .regex(TIME, 'Expected a time of the day, as in 18:00')
    .default('00:00')
    .describe('When it begins on each of these days.'),
  to: z
    .string()
    .refine((time) => time === '24:00' || TIME.test(time), {
      error: 'Expected a time of the day, as in 08:00, or 24:00 for its end',
    })
    .default('24:00')
    .describe('When it ends: on the next day where that is not after `from`.'),
};

/** Whether the days of a calendar are in their order: what says so of a section with `calendarShape`. */
export function hasDaysInOrder({
  firstDate,
  lastDate,
}: {
  readonly firstDate?: string | undefined;
  readonly lastDate?: string | undefined;
}): boolean {
  // Dates of this form are sorted as texts are.
  return firstDate === undefined || lastDate === undefined || firstDate <= lastDate;
}

/** JavaScript reads the 30th of February as the 2nd of March. */
function isDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const atMs = Date.parse(`${text}T00:00:00Z`);
  return atMs % DAY_MS === 0 && new Date(atMs).toISOString().startsWith(text);
}
