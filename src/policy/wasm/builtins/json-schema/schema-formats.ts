/** The formats of texts that OPA knows; it lets all others pass. */
import { isIP } from 'node:net';

import { BuiltinError } from '../builtin.ts';
import { daysInMonth } from '../go-time.ts';
import { parseGoUrl } from '../parse-go-url.ts';
import { compilePattern } from '../regex-engine.ts';

/** Whether a text has the format. */
export function hasFormat(text: string, format: string): boolean {
  return CHECKS.get(format)?.(text) ?? true;
}

/** In the syntax of RE2, which takes no longer for a hostile text. */
const PATTERNS: ReadonlyMap<string, string> = new Map([
  [
    'hostname',
    String.raw`^([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]{0,61}[a-zA-Z0-9])(\.([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]{0,61}[a-zA-Z0-9]))*$`,
  ],
  ['uuid', '^(?i)[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$'],
  ['json-pointer', '^(?:/(?:[^~/]|~0|~1)*)*$'],
  ['relative-json-pointer', '^(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^~/]|~0|~1)*)*)$'],
]);

const URI_TEMPLATE = '^([^{]*({[^}]*})?)*$';
/** RFC 5322: a mailbox, with or without a name before it. */
const EMAIL =
  /^(?:[^<>@,;:"\\]*<)?(?:"(?:[^"\\\r\n]|\\.)+"|[^\s<>@,;:()[\]\\".]+(?:\.[^\s<>@,;:()[\]\\".]+)*)@(?:\[[^\][\\]*\]|[^\s<>@,;:()[\]\\".]+(?:\.[^\s<>@,;:()[\]\\".]+)*)>?$/;
/** OPA's own bound of the format. */
const HOSTNAME_BYTES_MAX = 255;

const CHECKS: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['date', isDate],
  ['time', isTime],
  ['date-time', isDateTime],
  ['email', isEmail],
  ['idn-email', isEmail],
  ['ipv4', (text: string) => isIP(text) !== 0 && text.includes('.')],
  ['ipv6', (text: string) => isIP(text) === 6 && !text.includes('%')],
  ['uri', isUri],
  ['iri', isUri],
  ['uri-reference', isUriReference],
  ['iri-reference', isUriReference],
  ['uri-template', isUriTemplate],
  ['regex', isPattern],
  [
    'hostname',
    (text: string) => matches('hostname', text) && Buffer.byteLength(text) <= HOSTNAME_BYTES_MAX,
  ],
  ['uuid', (text: string) => matches('uuid', text)],
  ['json-pointer', (text: string) => matches('json-pointer', text)],
  ['relative-json-pointer', (text: string) => matches('relative-json-pointer', text)],
]);

function matches(format: string, text: string): boolean {
  return test(PATTERNS.get(format) ?? '', text);
}

function test(pattern: string, text: string): boolean {
  return compilePattern(pattern, NO_COSTS).test(text, NO_COSTS);
}

/** Each format takes time in proportion to a text that has been paid for. */
const NO_COSTS = { nowMs: 0 };

function isDate(text: string): boolean {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  const days = month === '' ? 0 : daysInMonth(Number(year), Number(month));
  return Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= days;
}

/** As Go reads `15:04:05`, with or without a zone. */
function isTime(text: string): boolean {
  const found = /^(\d{1,2}):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|[-+](\d\d):(\d\d))?$/.exec(text);
  const [hour, minute, second, zoneHour, zoneMinute] = (found ?? [])
    .slice(1)
    .map((part) => Number(part ?? 0));
  const isLocal = (hour ?? 24) < 24 && (minute ?? 60) < 60 && (second ?? 60) < 60;
  return isLocal && (zoneHour ?? 0) <= 24 && (zoneMinute ?? 0) < 60;
}

/** A date, a time, or both. */
function isDateTime(text: string): boolean {
  const [date = '', time] = text.split(/T(.*)/s);
  if (time === undefined) return isDate(text) || isTime(text);
  return isDate(date) && isTime(time) && /(?:Z|[-+]\d\d:\d\d)$/.test(time);
}

function isEmail(text: string): boolean {
  return EMAIL.test(text) && text.includes('<') === text.endsWith('>');
}

function isUri(text: string): boolean {
  const url = parseGoUrl(text);
  return typeof url !== 'string' && url.scheme !== '' && !text.includes('\\');
}

function isUriReference(text: string): boolean {
  return typeof parseGoUrl(text) !== 'string' && !text.includes('\\');
}

function isUriTemplate(text: string): boolean {
  const url = parseGoUrl(text);
  return typeof url !== 'string' && !text.includes('\\') && test(URI_TEMPLATE, url.path);
}

function isPattern(text: string): boolean {
  try {
    compilePattern(text, NO_COSTS);
    return true;
  } catch (fault) {
    if (fault instanceof BuiltinError) return false;
    throw fault;
  }
}
