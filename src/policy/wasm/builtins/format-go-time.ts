/** Writes a time in a layout of Go. */
import { MONTHS, parseLayout, WEEKDAYS } from './go-layout.ts';
import { dayOfYear, formatOffset, weekdayOf, type ZonedTime } from './go-time.ts';

/** `abbreviation` is the zone's own name for its offset. */
export function formatGoTime(time: ZonedTime, layout: string, abbreviation: string): string {
  return parseLayout(layout)
    .map(({ before, example }) => before + formatPart(time, example, abbreviation))
    .join('');
}

function monthOf({ month }: ZonedTime): string {
  return String(MONTHS[month - 1]);
}

function formatPart(time: ZonedTime, example: string, abbreviation: string): string {
  const pad = (value: number, length = 2, fill = '0'): string =>
    String(value).padStart(length, fill);
  const hour12 = time.hour % 12 === 0 ? 12 : time.hour % 12;
  switch (example) {
    case 'January':
      return monthOf(time);
    case 'Jan':
      return monthOf(time).slice(0, 3);
    case '1':
      return String(time.month);
    case '01':
      return pad(time.month);
    case 'Monday':
      return String(WEEKDAYS[weekdayOf(time)]);
    case 'Mon':
      return String(WEEKDAYS[weekdayOf(time)]).slice(0, 3);
    case '2':
      return String(time.day);
    case '_2':
      return pad(time.day, 2, ' ');
    case '02':
      return pad(time.day);
    case '__2':
      return pad(dayOfYear(time), 3, ' ');
    case '002':
      return pad(dayOfYear(time), 3);
    case '15':
      return pad(time.hour);
    case '3':
      return String(hour12);
    case '03':
      return pad(hour12);
    case '4':
      return String(time.minute);
    case '04':
      return pad(time.minute);
    case '5':
      return String(time.second);
    case '05':
      return pad(time.second);
    case '2006':
      return pad(time.year, 4);
    case '06':
      return pad(time.year % 100);
    case 'PM':
      return time.hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return time.hour >= 12 ? 'pm' : 'am';
    case 'MST':
      return abbreviation;
    default:
      return formatRest(time, example);
  }
}

function formatRest({ offsetSeconds, nanosecond }: ZonedTime, example: string): string {
  if (example.startsWith('Z')) {
    return offsetSeconds === 0 ? 'Z' : formatOffset(offsetSeconds, example);
  }
  if (example.startsWith('-')) return formatOffset(offsetSeconds, example);
  const [point = ''] = example;
  const digits = String(nanosecond)
    .padStart(9, '0')
    .slice(0, example.length - 1);
  if (!example.includes('9')) {
    return point === '' ? '' : point + digits.padEnd(example.length - 1, '0');
  }
  const kept = digits.replace(/0+$/, '');
  return kept === '' ? '' : point + kept;
}
