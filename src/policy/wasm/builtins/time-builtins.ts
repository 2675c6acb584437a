/** The `time` family: the clock is the request's, so that a decision can be repeated later with the same result. */
import { parseInteger } from '../rego-number.ts';
import { isRegoArray, regoInteger, RegoNumber, type RegoValue } from '../rego-value.ts';
import { BuiltinError, type BuiltinFamily } from './builtin.ts';
import { formatGoTime } from './format-go-time.ts';
import { layoutOf, WEEKDAYS } from './go-layout.ts';
import {
  checkedNs,
  daysInMonth,
  fromCivilTime,
  toZonedTime,
  weekdayOf,
  zoneAbbreviation,
} from './go-time.ts';
import { countOperand, textOperand, wrongType } from './operand.ts';
import { parseDuration } from './parse-duration.ts';
import { parseGoTime } from './parse-go-time.ts';

const NANOSECONDS_PER_MS = 1_000_000n;

/** By their Rego name. */
export const TIME_BUILTINS: BuiltinFamily = {
  'time.add_date': (operands) => {
    const { ns, zone } = readMoment(operands[0]);
    const time = toZonedTime(ns, zone);
    const added = fromCivilTime(
      {
        ...time,
        year: time.year + countOperand(operands, 1),
        month: time.month + countOperand(operands, 2),
        day: time.day + countOperand(operands, 3),
      },
      zone,
    );
    return regoInteger(checkedNs(added));
  },
  'time.clock': (operands) => {
    const { hour, minute, second } = readTime(operands[0]);
    return [hour, minute, second].map(regoInteger);
  },
  'time.date': (operands) => {
    const { year, month, day } = readTime(operands[0]);
    return [year, month, day].map(regoInteger);
  },
  'time.diff': (operands) => findDifference(readMoment(operands[0]), readMoment(operands[1])),
  'time.format': (operands) => {
    const { ns, zone, layout } = readMoment(operands[0]);
    const time = toZonedTime(ns, zone);
    return formatGoTime(
      time,
      layoutOf(layout === '' ? 'RFC3339Nano' : layout),
      zoneAbbreviation(time, ns),
    );
  },
  'time.now_ns': (_operands, { nowMs }) =>
    regoInteger(BigInt(Math.floor(nowMs)) * NANOSECONDS_PER_MS),
  'time.parse_duration_ns': (operands) => regoInteger(parseDuration(textOperand(operands, 0))),
  'time.parse_ns': (operands) => {
    const layout = layoutOf(textOperand(operands, 0));
    return regoInteger(checkedNs(parseGoTime(layout, textOperand(operands, 1))));
  },
  'time.parse_rfc3339_ns': (operands) =>
    regoInteger(checkedNs(parseGoTime(layoutOf('RFC3339'), textOperand(operands, 0)))),
  'time.weekday': (operands) => WEEKDAYS[weekdayOf(readTime(operands[0]))] ?? '',
};

interface Moment {
  readonly ns: bigint;
  readonly zone: string;
  readonly layout: string;
}

const WANTED = 'either number (ns) or [number (ns), string (tz)]';

/** A number of nanoseconds, or `[ns, zone, layout]` without its last parts. */
function readMoment(value: RegoValue | undefined): Moment {
  if (value instanceof RegoNumber) return { ns: readNs(value), zone: 'UTC', layout: '' };
  if (value === undefined || !isRegoArray(value) || value.length === 0) {
    throw wrongType(0, value, WANTED);
  }
  const [ns, zone = '', layout = ''] = value;
  if (!(ns instanceof RegoNumber)) throw wrongType(0, ns, 'number');
  if (typeof zone !== 'string') throw wrongType(0, zone, 'string');
  if (typeof layout !== 'string') throw wrongType(0, layout, 'string');
  // The zone of the machine would make replicas differ: they all count in UTC.
  return { ns: readNs(ns), zone: zone === '' || zone === 'Local' ? 'UTC' : zone, layout };
}

function readNs({ text }: RegoNumber): bigint {
  const ns = parseInteger(text);
  if (ns !== undefined && BigInt.asIntN(64, ns) === ns) return ns;
  throw new BuiltinError('timestamp too big');
}

function readTime(value: RegoValue | undefined) {
  const { ns, zone } = readMoment(value);
  return toZonedTime(ns, zone);
}

/** Years, months, days, hours, minutes and seconds between two moments, as a calendar in the zone of the first counts them. */
function findDifference(a: Moment, b: Moment): RegoValue {
  const [early, late] = (a.ns <= b.ns ? [a, b] : [b, a]).map(({ ns }) => toZonedTime(ns, a.zone));
  if (early === undefined || late === undefined) return null;
  const units = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;
  const borrowed = [0, 12, daysInMonth(early.year, early.month), 24, 60, 60];
  const differences = units.map((unit) => late[unit] - early[unit]);
  for (let index = units.length - 1; index > 0; index -= 1) {
    if ((differences[index] ?? 0) >= 0) continue;
    differences[index] = (differences[index] ?? 0) + (borrowed[index] ?? 0);
    differences[index - 1] = (differences[index - 1] ?? 0) - 1;
  }
  return differences.map(regoInteger);
}
