/** Dates and clocks as Go's `time` has them: nanoseconds since 1970, seen in a time zone. */
import { BuiltinError } from './builtin.ts';

/** In nanoseconds. */
const SECOND_NS = 1_000_000_000n;
/** Days have no leap seconds here, as in Go. */
const DAY_SECONDS = 86_400;
const MS_PER_SECOND = 1000;

/** What a calendar and a clock show. */
export interface CivilTime {
  readonly year: number;
  /** From 1 on. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
}

export interface ZonedTime extends CivilTime {
  readonly offsetSeconds: number;
  /** Of the IANA database; `UTC` if no other was asked for. */
  readonly zone: string;
}

/** A moment in a zone. */
export function toZonedTime(ns: bigint, zone: string): ZonedTime {
  const nanosecond = Number(((ns % SECOND_NS) + SECOND_NS) % SECOND_NS);
  const seconds = Number((ns - BigInt(nanosecond)) / SECOND_NS);
  const offsetSeconds = offsetAt(seconds, zone);
  const date = new Date((seconds + offsetSeconds) * MS_PER_SECOND);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond,
    offsetSeconds,
    zone,
  };
}

/** Nanoseconds since 1970 of what a clock in the zone shows; months and days beyond their range count on. */
export function fromCivilTime(time: CivilTime, zone: string): bigint {
  const local = secondsOf(time);
  // Close to a change of the offset the first guess may be the wrong one.
  const utc = local - offsetAt(local, zone);
  return toNs(local - offsetAt(utc, zone), time.nanosecond);
}

/** The same with a known offset. */
export function fromOffsetTime(time: CivilTime, offsetSeconds: number): bigint {
  return toNs(secondsOf(time) - offsetSeconds, time.nanosecond);
}

/** 0 is Sunday. */
export function weekdayOf(time: CivilTime): number {
  return new Date(secondsOf(time) * MS_PER_SECOND).getUTCDay();
}

/** From 1 on. */
export function dayOfYear(time: CivilTime): number {
  const first = secondsOf({ ...time, month: 1, day: 1, hour: 0, minute: 0, second: 0 });
  return Math.floor((secondsOf(time) - first) / DAY_SECONDS) + 1;
}

/** How many days a month has. */
export function daysInMonth(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
}

/** A time that is not within 64 bits of nanoseconds is an error of OPA. */
export function checkedNs(ns: bigint): bigint {
  if (BigInt.asIntN(64, ns) === ns) return ns;
  throw new BuiltinError('time outside of valid range');
}

function toNs(seconds: number, nanosecond: number): bigint {
  if (!Number.isFinite(seconds)) throw new BuiltinError('time outside of valid range');
  return BigInt(seconds) * SECOND_NS + BigInt(nanosecond);
}

/** `Date.UTC` takes years below 100 for those of the last century. */
function secondsOf({ year, month, day, hour, minute, second }: CivilTime): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime() / MS_PER_SECOND;
}

/** Formats are slow to make; there are some 600 zones. */
const formats = new Map<string, Intl.DateTimeFormat>();

function offsetAt(seconds: number, zone: string): number {
  if (zone === 'UTC' || !Number.isFinite(seconds)) return 0;
  const parts = zoneFormat(zone).formatToParts(new Date(seconds * MS_PER_SECOND));
  const read = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const era = parts.find((part) => part.type === 'era')?.value;
  const year = era === 'BC' ? 1 - read('year') : read('year');
  const local = secondsOf({
    year,
    month: read('month'),
    day: read('day'),
    hour: read('hour'),
    minute: read('minute'),
    second: read('second'),
    nanosecond: 0,
  });
  return Math.round(local - Math.floor(seconds));
}

function zoneFormat(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  // An offset such as +01:00 is no name of the database.
  if (!/^[A-Za-z]/.test(zone)) throw new BuiltinError(`unknown time zone ${zone}`);
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
    return format;
  } catch (fault) {
    if (!(fault instanceof RangeError)) throw fault;
    throw new BuiltinError(`unknown time zone ${zone}`);
  }
}

/** The abbreviation of a zone at a moment, as far as the locale data has one: `CET`, else its offset. */
export function zoneAbbreviation({ zone, offsetSeconds }: ZonedTime, ns: bigint): string {
  if (zone === 'UTC') return 'UTC';
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' });
  const date = new Date(Number(ns / 1_000_000n));
  const name = parts.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return /^[A-Z]+$/.test(name) ? name : formatOffset(offsetSeconds, '-07');
}

/** An offset in one of Go's forms: `-0700`, `-07:00`, `-07`, and the first two with seconds. */
export function formatOffset(offsetSeconds: number, form: string): string {
  const size = Math.abs(offsetSeconds);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const parts = [two(size / 3600), two((size / 60) % 60), two(size % 60)];
  const digits = form.replace(/\D/g, '').length;
  const sign = offsetSeconds < 0 ? '-' : '+';
  return sign + parts.slice(0, digits / 2).join(form.includes(':') ? ':' : '');
}
