/** A dead letter as it is read back from the journal's state. */
import { isAuditRecord } from '../audit-record.ts';
import type { DeadLetter } from './dead-letters.ts';

/** `undefined` where the text is none. */
export function parseDeadLetter(text: string): DeadLetter | undefined {
  const value = parseJson(text);
  const entry = memberOf(value, 'entry');
  const sequence = memberOf(entry, 'sequence');
  const hash = memberOf(entry, 'hash');
  const record = memberOf(entry, 'record');
  const reason = memberOf(value, 'reason');
  const refusedAt = memberOf(value, 'refusedAt');
  if (typeof sequence !== 'number' || typeof hash !== 'string' || !isAuditRecord(record)) {
    return undefined;
  }
  if (typeof reason !== 'string' || typeof refusedAt !== 'string') return undefined;
  return { entry: { sequence, hash, record }, reason, refusedAt };
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
