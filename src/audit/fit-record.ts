/** Truncates a record to the journal's limit: long texts, lists and maps are cut, and `cut` lists the parts. */
import { canonicalJson } from '../base/canonical-json.ts';
import { isAuditRecord, type AuditRecord } from './audit-record.ts';

export interface FittedRecord {
  readonly record: AuditRecord;
  /** The record's canonical JSON: the text that is hashed and stored. */
  readonly json: string;
}

interface Bounds {
  readonly textCharsMax: number;
  readonly itemsMax: number;
}

/** Tried in this order. The last one gives a record below the smallest limit, and cuts no identifier or hash. */
const BOUNDS: readonly Bounds[] = [
  { textCharsMax: 4096, itemsMax: 256 },
  { textCharsMax: 1024, itemsMax: 64 },
  { textCharsMax: 256, itemsMax: 32 },
  { textCharsMax: 80, itemsMax: 8 },
];

/** The most bytes of one UTF-16 unit in UTF-8. */
const UNIT_BYTES_MAX = 3;

/**
 * Cuts a record until its JSON has at most `bytesMax` bytes. Nearly all records fit unchanged. What the policies were given goes
 * first, and whole: a part of it would be judged otherwise.
 */
export function fitRecord(
  record: AuditRecord,
  bytesMax: number,
  /** Of what the policies were given. @default bytesMax */
  inputBytesMax: number = bytesMax,
): FittedRecord {
  const { input, ...others } = record;
  const json = canonicalJson(record);
  const isKept = input === undefined || fits(canonicalJson(input), inputBytesMax);
  if (isKept && fits(json, bytesMax)) return { record, json };
  if (input !== undefined) return fitRecord({ ...others, cut: ['input'] }, bytesMax);
  for (const bounds of BOUNDS) {
    const shortened = shortenRecord(record, bounds);
    const shortenedJson = canonicalJson(shortened);
    if (fits(shortenedJson, bytesMax)) return { record: shortened, json: shortenedJson };
  }
  throw new Error('A record is larger than its tightest bounds allow');
}

function fits(json: string, bytesMax: number): boolean {
  return json.length * UNIT_BYTES_MAX <= bytesMax || Buffer.byteLength(json) <= bytesMax;
}

function shortenRecord(record: AuditRecord, bounds: Bounds): AuditRecord {
  const parts = Object.entries(record).map(([part, value]) => {
    const shortened = shorten(value, bounds);
    return { part, shortened, isCut: canonicalJson(shortened) !== canonicalJson(value) };
  });
  const cut = [
    ...(record.cut ?? []),
    ...parts.filter(({ isCut }) => isCut).map(({ part }) => part),
  ];
  const members = parts.map(({ part, shortened }): readonly [string, unknown] => [part, shortened]);
  const whole: unknown = Object.fromEntries([...members, ['cut', cut]]);
  if (!isAuditRecord(whole)) throw new Error('Cutting a record broke it');
  return whole;
}

function shorten(value: unknown, bounds: Bounds): unknown {
  if (typeof value === 'string') return cutText(value, bounds.textCharsMax);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.slice(0, bounds.itemsMax).map((item) => shorten(item, bounds));
  }
  const members = Object.entries(value)
    // A cut key could become equal to another one.
    .filter(([key]) => key.length <= bounds.textCharsMax)
    .slice(0, bounds.itemsMax);
  return Object.fromEntries(members.map(([key, member]) => [key, shorten(member, bounds)]));
}

function cutText(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax - 1).toWellFormed()}…`;
}
