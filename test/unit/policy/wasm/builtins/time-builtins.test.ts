import { it } from 'node:test';
import { builtinCases } from '../../../../support/builtin-table.ts';

/** 2026-11-21T07:09:08.123456789Z, a Saturday. */
const NS = '1795244948123456789';
const WANTED = 'either number (ns) or [number (ns), string (tz)]';

function format(layout: string, zone = 'UTC', ns = NS): string {
  return JSON.stringify([[0, zone, layout]]).replace('0', ns);
}

function parsing(text: string, layout: string, [rest, example]: readonly string[]): string {
  return `parsing time "${text}" as "${layout}": cannot parse "${String(rest)}" as "${String(example)}"`;
}

for (const [name, run] of await builtinCases({
  results: [
    ['time.parse_ns', '["2006-1-2 15:4:5.00", "2026-1-2 3:4:5.25"]', '1767323045250000000'],
    ['time.now_ns', '[]', '1700000000123000000'],
    ['time.parse_rfc3339_ns', '["1970-01-01T00:00:00Z"]', '0'],
    ['time.parse_rfc3339_ns', '["2026-11-21T07:09:08.123456789+01:00"]', '1795241348123456789'],
    ['time.parse_rfc3339_ns', '["1969-12-31T23:59:59.5Z"]', '-500000000'],
    ['time.parse_ns', '["2006-01-02", "2026-11-21"]', '1795219200000000000'],
    ['time.parse_ns', '["Jan _2 2006 3:04PM", "Feb  9 2027 1:05PM"]', '1802178300000000000'],
    ['time.parse_ns', '["January 2, 2006 03pm", "march 1, 2027 12am"]', '1803859200000000000'],
    ['time.parse_ns', '["RFC1123", "Sat, 21 Nov 2026 07:09:08 GMT"]', '1795244948000000000'],
    ['time.parse_ns', '["RFC850", "Saturday, 21-Nov-70 07:09:08 UTC"]', '28019348000000000'],
    [
      'time.parse_ns',
      '["02/01/06 15:04:05.000 -0700", "21/11/26 07:09:08.123 -0130"]',
      '1795250348123000000',
    ],
    ['time.parse_ns', '["2006-002 15:04:05.999", "2026-325 07:09:08"]', '1795244948000000000'],
    ['time.parse_ns', '["2006-002 15:04:05,999", "2026-325 07:09:08,5"]', '1795244948500000000'],
    ['time.parse_ns', '["2006T__2", "2026T  5"]', '1767571200000000000'],
    [
      'time.parse_ns',
      '["2006-01-02T15:04:05Z070000", "2026-11-21T07:09:08+010203"]',
      '1795241225000000000',
    ],
    ['time.parse_ns', '["1 2 2006 -07", "11 21 2026 +01"]', '1795215600000000000'],
    ['time.format', `[${NS}]`, '"2026-11-21T07:09:08.123456789Z"'],
    ['time.format', format('RFC3339', 'Europe/Berlin'), '"2026-11-21T08:09:08+01:00"'],
    ['time.format', format('', 'America/New_York'), '"2026-11-21T02:09:08.123456789-05:00"'],
    [
      'time.format',
      format('Monday Mon January Jan 1 01 2 _2 02 002 __2'),
      '"Saturday Sat November Nov 11 11 21 21 21 325 325"',
    ],
    [
      'time.format',
      format('15 3 03 4 04 5 05 2006 06 PM pm .000 ,999 MST'),
      '"07 7 07 9 09 8 08 2026 26 AM am .123 ,123 UTC"',
    ],
    [
      'time.format',
      format('3PM 3pm .000000 .999999', 'UTC', '46800500000000'),
      '"1PM 1pm .500000 .5"',
    ],
    ['time.format', format('3 .999', 'UTC', '0'), '"12 "'],
    [
      'time.format',
      format('-0700 -07 -07:00:00 Z07:00 MST', 'Asia/Kolkata'),
      '"+0530 +05 +05:30:00 +05:30 +05"',
    ],
    [
      'time.format',
      format('Monday, 2 January 2006', 'UTC', '-6213559680000000000'),
      '"Friday, 5 February 1773"',
    ],
    ['time.format', format('ANSIC'), '"Sat Nov 21 07:09:08 2026"'],
    ['time.format', format('Z0700 MST', 'America/New_York'), '"-0500 EST"'],
    ['time.date', `[[${NS}, "Pacific/Auckland"]]`, '[2026,11,21]'],
    ['time.date', '[-1]', '[1969,12,31]'],
    ['time.clock', `[[${NS}, "Asia/Tokyo"]]`, '[16,9,8]'],
    ['time.clock', '[[0, "Local"]]', '[0,0,0]'],
    ['time.weekday', `[${NS}]`, '"Saturday"'],
    ['time.add_date', '[0, 1, 13, 40]', '69206400000000000'],
    ['time.add_date', '[[1774486800000000000, "Europe/Berlin"], 0, 0, 7]', '1775088000000000000'],
    ['time.diff', '[0, 1795244948123456789]', '[56,10,20,7,9,8]'],
    ['time.diff', '[1709164800000000000, 1706659201000000000]', '[0,0,28,23,59,59]'],
    ['time.parse_duration_ns', '["1h2m3.5s"]', '3723500000000'],
    ['time.parse_duration_ns', '["-1.5us"]', '-1500'],
    ['time.parse_duration_ns', '["1w2d1y"]', '32313600000000000'],
    ['time.parse_duration_ns', '["+0"]', '0'],
  ],
  failures: [
    ['time.parse_ns', '["2006/01", "2026-01"]', parsing('2026-01', '2006/01', ['-01', '/'])],
    ['time.parse_ns', '["2006 01", "2026"]', parsing('2026', '2006 01', ['', '01'])],
    [
      'time.parse_ns',
      '["-0700", "+0161"]',
      'parsing time "+0161": time zone offset minute out of range',
    ],
    [
      'time.parse_ns',
      '["-070000", "-010161"]',
      'parsing time "-010161": time zone offset second out of range',
    ],
    [
      'time.parse_rfc3339_ns',
      '["yesterday"]',
      parsing('yesterday', '2006-01-02T15:04:05Z07:00', ['yesterday', '2006']),
    ],
    [
      'time.parse_rfc3339_ns',
      '["2026-02-30T00:00:00Z"]',
      'parsing time "2026-02-30T00:00:00Z": day out of range',
    ],
    [
      'time.parse_rfc3339_ns',
      '["2026-13-01T00:00:00Z"]',
      'parsing time "2026-13-01T00:00:00Z": month out of range',
    ],
    [
      'time.parse_rfc3339_ns',
      '["2026-01-01T25:00:00Z"]',
      'parsing time "2026-01-01T25:00:00Z": hour out of range',
    ],
    [
      'time.parse_rfc3339_ns',
      '["2026-01-01T00:00:00+25:00"]',
      'parsing time "2026-01-01T00:00:00+25:00": time zone offset hour out of range',
    ],
    [
      'time.parse_rfc3339_ns',
      '["2026-01-01T00:00:00Z "]',
      'parsing time "2026-01-01T00:00:00Z ": extra text: " "',
    ],
    ['time.parse_rfc3339_ns', '["2262-12-01T00:00:00Z"]', 'time outside of valid range'],
    ['time.parse_ns', '["15:04", "07:09"]', 'time outside of valid range'],
    ['time.parse_ns', '["Jan 2", "Foo 2"]', parsing('Foo 2', 'Jan 2', ['Foo 2', 'Jan'])],
    ['time.parse_ns', '["a 2006", "a2006"]', parsing('a2006', 'a 2006', ['2006', ' '])],
    [
      'time.parse_ns',
      '["2006/002", "2026/367"]',
      'parsing time "2026/367": day-of-year out of range',
    ],
    ['time.date', '[[0, "Nowhere/Town"]]', 'unknown time zone Nowhere/Town'],
    ['time.date', '[[0, "+01:00"]]', 'unknown time zone +01:00'],
    ['time.date', '["a"]', `operand 1 must be ${WANTED} but got string`],
    ['time.date', '[[]]', `operand 1 must be ${WANTED} but got array`],
    ['time.date', '[["a"]]', 'operand 1 must be number but got string'],
    ['time.date', '[[0, 1]]', 'operand 1 must be string but got number'],
    ['time.format', '[[0, "UTC", 1]]', 'operand 1 must be string but got number'],
    ['time.date', '[9223372036854775808]', 'timestamp too big'],
    ['time.date', '[1.5]', 'timestamp too big'],
    ['time.add_date', '[0, 1000, 0, 0]', 'time outside of valid range'],
    ['time.add_date', '[0, 1000000000, 0, 0]', 'time outside of valid range'],
    ['time.parse_duration_ns', '[""]', 'time: invalid duration ""'],
    ['time.parse_duration_ns', '["1"]', 'time: missing unit in duration "1"'],
    ['time.parse_duration_ns', '["1q"]', 'time: unknown unit "q" in duration "1q"'],
    ['time.parse_duration_ns', '["h"]', 'time: invalid duration "h"'],
    ['time.parse_duration_ns', '["300y"]', 'time: invalid duration "300y"'],
  ],
})) {
  it(`TIME_BUILTINS: ${name}`, run);
}
