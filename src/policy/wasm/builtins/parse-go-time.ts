/** Reads a time in a layout of Go. */
import { BuiltinError } from './builtin.ts';
import { quoteGo } from './format-value.ts';
import { MONTHS, parseLayout, WEEKDAYS } from './go-layout.ts';
import { daysInMonth, fromOffsetTime } from './go-time.ts';

/** Nanoseconds since 1970, of any size. Throws a `BuiltinError` as Go does. */
export function parseGoTime(layout: string, text: string): bigint {
  const reader = new TimeReader(layout, text);
  const parts = parseLayout(layout);
  for (const [index, { before, example }] of parts.entries()) {
    reader.skip(before);
    if (example !== '') reader.readPart(example, parts[index + 1]);
  }
  return reader.finish();
}

interface NextPart {
  readonly before: string;
  readonly example: string;
}

interface Fields {
  year: number;
  month: number;
  day: number;
  dayOfYear: number | undefined;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  isAfternoon: boolean | undefined;
  offsetSeconds: number;
}

/** Two digits from here on are of the last century. */
const CENTURY_TURN = 69;

class TimeReader {
  readonly #layout: string;
  readonly #text: string;
  readonly #fields: Fields = {
    year: 0,
    month: 1,
    day: 1,
    dayOfYear: undefined,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    isAfternoon: undefined,
    offsetSeconds: 0,
  };
  #rest: string;

  constructor(layout: string, text: string) {
    this.#layout = layout;
    this.#text = text;
    this.#rest = text;
  }

  /** What stands between the parts; any number of spaces stands for any other. */
  skip(before: string): void {
    for (const piece of before.split(/( +)/)) {
      if (piece === '') continue;
      if (piece.startsWith(' ')) {
        const spaces = this.#rest.length - this.#rest.trimStart().length;
        if (this.#rest !== '' && spaces === 0) this.#fail(piece);
        this.#rest = this.#rest.slice(spaces);
      } else {
        if (!this.#rest.startsWith(piece)) this.#fail(piece);
        this.#rest = this.#rest.slice(piece.length);
      }
    }
  }

  readPart(example: string, next: NextPart | undefined): void {
    const fields = this.#fields;
    switch (example) {
      case 'January':
      case 'Jan':
        fields.month = this.#name(MONTHS, example) + 1;
        return;
      case 'Monday':
      case 'Mon':
        this.#name(WEEKDAYS, example);
        return;
      case '1':
      case '01':
        fields.month = this.#number(example, { minimum: 1, maximum: 12, of: 'month' });
        return;
      case '2':
      case '_2':
      case '02':
        if (example === '_2') this.#rest = this.#rest.replace(/^ /, '');
        fields.day = this.#number(example, { minimum: 0, maximum: 99, of: 'day' });
        return;
      case '__2':
      case '002':
        fields.dayOfYear = Number(
          this.#take(example === '002' ? /^\d{3}/ : /^[ \d]{2}\d/, example),
        );
        return;
      case '15':
        fields.hour = this.#number('', { minimum: 0, maximum: 23, of: 'hour' });
        return;
      case '3':
      case '03':
        fields.hour = this.#number(example, { minimum: 0, maximum: 12, of: 'hour' });
        return;
      case '4':
      case '04':
        fields.minute = this.#number(example, { minimum: 0, maximum: 59, of: 'minute' });
        return;
      case '5':
      case '05':
        fields.second = this.#number(example, { minimum: 0, maximum: 59, of: 'second' });
        // A fraction is read even where the layout has none.
        if (next === undefined || next.before !== '' || !/^[.,]/.test(next.example)) {
          const fraction = /^[.,]\d+/.exec(this.#rest)?.[0];
          if (fraction !== undefined) this.#fraction(fraction);
        }
        return;
      case '2006':
        fields.year = Number(this.#take(/^\d{4}/, example));
        return;
      case '06': {
        const year = Number(this.#take(/^\d{2}/, example));
        fields.year = year + (year >= CENTURY_TURN ? 1900 : 2000);
        return;
      }
      case 'PM':
        fields.isAfternoon = this.#take(/^[AP]M/, example) === 'PM';
        return;
      case 'pm':
        fields.isAfternoon = this.#take(/^[ap]m/, example) === 'pm';
        return;
      case 'MST':
        this.#take(/^(?:[A-Z]{3,5}(?:[+-]\d{1,2})?|[+-]\d{2}(?:\d{2})?)/, example);
        return;
      default:
        this.#readRest(example);
    }
  }

  finish(): bigint {
    if (this.#rest !== '') this.#refuse(`extra text: ${quoteGo(this.#rest)}`);
    const { hour, isAfternoon, dayOfYear, ...fields } = this.#fields;
    const turned = isAfternoon === true && hour < 12 ? hour + 12 : hour;
    const inDay = isAfternoon === false && hour === 12 ? 0 : turned;
    const date = dayOfYear === undefined ? fields : { ...fields, month: 1, day: dayOfYear };
    const days = dayOfYear === undefined ? daysInMonth(fields.year, fields.month) : 366;
    if (date.day < 1 || date.day > days) {
      this.#refuse(`${dayOfYear === undefined ? 'day' : 'day-of-year'} out of range`);
    }
    return fromOffsetTime({ ...date, hour: inDay }, fields.offsetSeconds);
  }

  #readRest(example: string): void {
    if (/^[.,]/.test(example)) {
      const digits = example.length - 1;
      if (example.includes('9')) {
        const fraction = /^[.,]\d+/.exec(this.#rest)?.[0];
        if (fraction !== undefined) this.#fraction(fraction);
      } else this.#fraction(this.#take(new RegExp(String.raw`^[.,]\d{${digits}}`), example));
      return;
    }
    if (example.startsWith('Z') && this.#rest.startsWith('Z')) {
      this.#rest = this.#rest.slice(1);
      return;
    }
    const form = example.slice(1).replaceAll(/0[07]/g, String.raw`(\d\d)`);
    const written = this.#take(new RegExp(`^[+-]${form}`), example);
    const [hours = 0, minutes = 0, seconds = 0] = Array.from(written.matchAll(/\d\d/g), Number);
    const wrong =
      hours > 24 ? 'hour' : minutes > 60 ? 'minute' : seconds > 60 ? 'second' : undefined;
    if (wrong !== undefined) this.#refuse(`time zone offset ${wrong} out of range`);
    const size = (hours * 60 + minutes) * 60 + seconds;
    this.#fields.offsetSeconds = written.startsWith('-') ? -size : size;
  }

  #fraction(written: string): void {
    if (this.#rest.startsWith(written)) this.#rest = this.#rest.slice(written.length);
    this.#fields.nanosecond = Number(written.slice(1, 10).padEnd(9, '0'));
  }

  #name(names: readonly string[], example: string): number {
    const index = names.findIndex((name) => {
      const wanted = example.length === 3 ? name.slice(0, 3) : name;
      return this.#rest.slice(0, wanted.length).toLowerCase() === wanted.toLowerCase();
    });
    const name = names[index];
    if (name === undefined) this.#fail(example);
    this.#rest = this.#rest.slice(example.length === 3 ? 3 : name.length);
    return index;
  }

  #number(
    example: string,
    {
      minimum,
      maximum,
      of,
    }: { readonly minimum: number; readonly maximum: number; readonly of: string },
  ): number {
    const value = Number(this.#take(/^0\d$/.test(example) ? /^\d{2}/ : /^\d{1,2}/, example));
    if (value < minimum || value > maximum) this.#refuse(`${of} out of range`);
    return value;
  }

  /** Matches what has at most some characters. */
  #take(pattern: RegExp, example: string): string {
    const found = pattern.exec(this.#rest)?.[0];
    if (found === undefined) this.#fail(example);
    // `take` consumed a fraction already, which `#fraction` must not do again.
    this.#rest = this.#rest.slice(found.length);
    return found;
  }

  #fail(example: string): never {
    throw new BuiltinError(
      `parsing time ${quoteGo(this.#text)} as ${quoteGo(this.#layout)}: cannot parse ${quoteGo(this.#rest)} as ${quoteGo(example)}`,
    );
  }

  #refuse(reason: string): never {
    throw new BuiltinError(`parsing time ${quoteGo(this.#text)}: ${reason}`);
  }
}
