/** Parses dead letters from the journal's state. */
import { isAuditRecord } from '../audit/audit-record.ts';
import { makeEntry } from '../audit/entry-json.ts';
import type { JournalEntry } from '../audit/journal.ts';

/** The index row of a rejected entry. */
export interface DeadLetter {
  readonly key: string;
  readonly sequence: number;
  readonly decisionId: string;
  readonly reason: string;
  /** RFC 3339. */
  readonly refusedAt: string;
}

/** A row of the index; `undefined` if the text is not one. */
export function parseDeadLetter(key: string, text: string): DeadLetter | undefined {
  const value = parseJson(text);
  const sequence = memberOf(value, 'sequence');
  const decisionId = memberOf(value, 'decisionId');
  const reason = memberOf(value, 'reason');
  const refusedAt = memberOf(value, 'refusedAt');
  if (typeof sequence !== 'number' || typeof decisionId !== 'string') return undefined;
  if (typeof reason !== 'string' || typeof refusedAt !== 'string') return undefined;
  return { key, sequence, decisionId, reason, refusedAt };
}

/** The entry of a letter; `undefined` if the text is not one. */
export function parseLetterEntry(text: string): JournalEntry | undefined {
  const value = parseJson(text);
  const sequence = memberOf(value, 'sequence');
  const hash = memberOf(value, 'hash');
  const record = memberOf(value, 'record');
  if (typeof sequence !== 'number' || typeof hash !== 'string') return undefined;
  return isAuditRecord(record) ? makeEntry(sequence, hash, record) : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
