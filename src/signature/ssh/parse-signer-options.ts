/** The options of a line in allowed_signers. Source: ssh-keygen(1), ALLOWED SIGNERS. */
import type { WallMs } from '../../base/clock.ts';
import { quoteName } from './parse-public-key.ts';
import type { TrustFileProblem } from './trust-file.ts';

export interface SignerOptions {
  /** Whether the key is an authority, whose certificates are accepted, and signs nothing itself. */
  readonly isAuthority: boolean;
  /** Patterns of the namespaces in which the key counts. @default all */
  readonly namespaces?: string | undefined;
  /** The first and the last moment at which it counts, to the second. */
  readonly validAfterMs?: WallMs | undefined;
  readonly validBeforeMs?: WallMs | undefined;
}

export type SignerOptionsText =
  | { readonly status: 'read'; readonly value: SignerOptions }
  | ({ readonly status: 'invalid' } & Pick<TrustFileProblem, 'problem' | 'remedy'>);

const OPTION =
  /^(?<name>[A-Za-z][A-Za-z0-9-]*)(?:=(?:"(?<quoted>(?:\\"|[^"\\]|\\(?!"))*)"|(?<bare>[^",]*)))?(?<end>,|$)/u;
const KNOWN = 'cert-authority, namespaces="…", valid-after="…", valid-before="…"';
/** Of options that take a value. */
type ValueName = 'namespaces' | 'valid-after' | 'valid-before';

/** Reads the options, the part of a line between its principals and its key. */
export function parseSignerOptions(text: string): SignerOptionsText {
  const values = new Map<ValueName, string>();
  let isAuthority = false;
  let rest = text;
  do {
    const match = OPTION.exec(rest);
    const option = match?.groups;
    const name = option?.['name']?.toLowerCase();
    if (option === undefined || name === undefined) return refuse(rest);
    const value = option['quoted'];
    if (name === 'cert-authority') {
      if (value !== undefined || option['bare'] !== undefined) return refuse(rest);
      isAuthority = true;
    } else if (isValueName(name)) {
      if (value === undefined) {
        return invalid(`the option ${name} has no value in quotes`, `write ${name}="…"`);
      }
      if (values.has(name)) return invalid(`the option ${name} comes twice`, 'write it once');
      values.set(name, value.replaceAll('\\"', '"'));
    } else return refuse(rest);
    rest = rest.slice(match?.[0].length);
    if (option['end'] === ',' && rest === '') return refuse(rest);
  } while (rest !== '');
  return readValues(values, isAuthority);
}

function isValueName(name: string): name is ValueName {
  return name === 'namespaces' || name === 'valid-after' || name === 'valid-before';
}

function readValues(
  values: ReadonlyMap<ValueName, string>,
  isAuthority: boolean,
): SignerOptionsText {
  const [after, before] = [values.get('valid-after'), values.get('valid-before')];
  const [validAfterMs, validBeforeMs] = [after, before].map(parseSignerTime);
  if (after !== undefined && Number.isNaN(validAfterMs)) return refuseTime('valid-after', after);
  if (before !== undefined && Number.isNaN(validBeforeMs)) {
    return refuseTime('valid-before', before);
  }
  if (validAfterMs !== undefined && validBeforeMs !== undefined && validBeforeMs <= validAfterMs) {
    return invalid('valid-before is not later than valid-after', 'correct one of the two times');
  }
  const namespaces = values.get('namespaces');
  return { status: 'read', value: { isAuthority, namespaces, validAfterMs, validBeforeMs } };
}

const TIME =
  /^(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)(?:(?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d)?)?(?:Z|UTC)?$/iu;

/**
 * A time, NaN where it is none. ssh-keygen takes a time without Z for local time; here it is UTC, so that each replica, wherever
 * it runs, reads the same file alike.
 */
function parseSignerTime(text: string | undefined): WallMs | undefined {
  if (text === undefined) return undefined;
  const fields = TIME.exec(text)?.groups;
  if (fields === undefined) return Number.NaN;
  const { year, month, day, hour = '00', minute = '00', second = '00' } = fields;
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const ms = Date.parse(written);
  // Date.parse takes February 30 for March 1 or 2.
  return !Number.isNaN(ms) && new Date(ms).toISOString() === written ? ms : Number.NaN;
}

function refuseTime(name: ValueName, value: string): SignerOptionsText {
  return invalid(
    `the option ${name} is no time: ${quoteName(value)}`,
    'write YYYYMMDD or YYYYMMDDHHMM[SS], with Z at the end for UTC',
  );
}

function refuse(rest: string): SignerOptionsText {
  return invalid(`an option was expected at ${quoteName(rest)}`, `the options are ${KNOWN}`);
}

function invalid(problem: string, remedy: string): SignerOptionsText {
  return { status: 'invalid', problem, remedy };
}
