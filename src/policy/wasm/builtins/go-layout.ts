/** The layouts of Go's `time`: an example of how 15:04:05 on Monday, 2 January 2006 is written. */

/** From January on. */
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;
/** From Sunday on. */
export const WEEKDAYS = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const;

/** The names that OPA knows for layouts. */
const NAMED_LAYOUTS: ReadonlyMap<string, string> = new Map([
  ['ANSIC', 'Mon Jan _2 15:04:05 2006'],
  ['UnixDate', 'Mon Jan _2 15:04:05 MST 2006'],
  ['RubyDate', 'Mon Jan 02 15:04:05 -0700 2006'],
  ['RFC822', '02 Jan 06 15:04 MST'],
  ['RFC822Z', '02 Jan 06 15:04 -0700'],
  ['RFC850', 'Monday, 02-Jan-06 15:04:05 MST'],
  ['RFC1123', 'Mon, 02 Jan 2006 15:04:05 MST'],
  ['RFC1123Z', 'Mon, 02 Jan 2006 15:04:05 -0700'],
  ['RFC3339', '2006-01-02T15:04:05Z07:00'],
  ['RFC3339Nano', '2006-01-02T15:04:05.999999999Z07:00'],
]);

/** A part of the example, and the text before it. */
export interface LayoutPart {
  readonly before: string;
  /** Empty at the end. */
  readonly example: string;
}

const EXAMPLE = new RegExp(
  [
    'January',
    'Jan(?![a-z])',
    'Monday',
    'Mon(?![a-z])',
    'MST',
    '002',
    '0[1-6]',
    '2006',
    '__2',
    '_2(?!006)',
    '15',
    '[1-5]',
    'PM',
    'pm',
    '[Z-]070000',
    '[Z-]07:00:00',
    '[Z-]0700',
    '[Z-]07:00',
    '[Z-]07',
    '[.,](?:0+|9+)(?!\\d)',
  ].join('|'),
  'g',
);

/** A layout by its name; what is no name is a layout. */
export function layoutOf(nameOrLayout: string): string {
  return NAMED_LAYOUTS.get(nameOrLayout) ?? nameOrLayout;
}

/** Splits a layout. */
export function parseLayout(layout: string): readonly LayoutPart[] {
  const parts: LayoutPart[] = [];
  let from = 0;
  for (const { 0: example, index } of layout.matchAll(EXAMPLE)) {
    parts.push({ before: layout.slice(from, index), example });
    from = index + example.length;
  }
  return [...parts, { before: layout.slice(from), example: '' }];
}
