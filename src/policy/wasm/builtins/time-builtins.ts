/** The `time` family: the clock is the request's, so that a decision can be repeated later with the same result. */
import { regoInteger, type RegoValue } from '../rego-value.ts';
import { BuiltinError, textOperand, type BuiltinFamily } from './builtin.ts';

const NANOSECONDS_PER_MS = 1_000_000n;

/** By their Rego name. */
export const TIME_BUILTINS: BuiltinFamily = {
  'time.now_ns': (_operands, { nowMs }) =>
    regoInteger(BigInt(Math.floor(nowMs)) * NANOSECONDS_PER_MS),
  'time.parse_rfc3339_ns': (operands) => parseRfc3339(textOperand(operands, 0)),
};

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9})\d*)?([Zz]|[+-]\d{2}:\d{2})$/;

/** RFC 3339 section 5.6; nanoseconds since the epoch. */
function parseRfc3339(text: string): RegoValue {
  const parts = RFC3339.exec(text);
  if (!parts) throw new BuiltinError(`cannot read "${text}" as an RFC 3339 time`);
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = parts;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const zonedMs = Date.parse(`${local}${zone.toUpperCase()}`);
  // Date.parse accepts February 30 as March 1; the formatted result must equal the input.
  const back = new Date(Date.parse(`${local}Z`));
  if (
    Number.isNaN(zonedMs) ||
    Number.isNaN(back.getTime()) ||
    !back.toISOString().startsWith(local)
  ) {
    throw new BuiltinError(`"${text}" is no time that exists`);
  }
  return regoInteger(BigInt(zonedMs) * NANOSECONDS_PER_MS + BigInt(fraction.padEnd(9, '0')));
}
