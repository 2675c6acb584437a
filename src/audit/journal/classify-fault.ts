/**
 * Tells a file that is damaged from one that could not be read or written just now. Only damage ends a chain: a
 * segment that was set aside is lost for sinks, and an attacker who can hold a lock or use up descriptors must not be
 * able to cause that.
 */
import { errorCode, sqliteErrorCode } from '../../base/error-details.ts';

/**
 * - `damaged`: what the file holds is wrong, and will be the next time
 * - `transient`: the same call may succeed later; nothing is known about the content
 * - `lasting`: somebody has to change something first, for example the rights of the folder; nothing is known about the content
 */
export type FaultKind = 'damaged' | 'transient' | 'lasting';

/** The lower byte of an extended result code of SQLite (sqlite.org/rescode.html). */
const PRIMARY_CODE = 0xff;

/** Our statements are fixed: ERROR is a table that is missing, the others are rows and pages of the wrong form. */
const DAMAGED_CODES: ReadonlySet<number> = new Set([
  1, // ERROR
  11, // CORRUPT
  19, // CONSTRAINT
  24, // FORMAT
  26, // NOTADB
]);

const TRANSIENT_CODES: ReadonlySet<number> = new Set([
  5, // BUSY
  6, // LOCKED
  7, // NOMEM
  9, // INTERRUPT
  10, // IOERR
  13, // FULL
  14, // CANTOPEN
  15, // PROTOCOL
]);

/** Of errno(3), as Node.js names them. */
const TRANSIENT_ERRNOS: ReadonlySet<string> = new Set([
  'EAGAIN',
  'EBUSY',
  'EDQUOT',
  'EINTR',
  'EIO',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'ENOSPC',
  'ESTALE',
  'ETIMEDOUT',
]);

/** A whole number in a row that JavaScript cannot represent: we never write one. */
const OUT_OF_RANGE = 'ERR_OUT_OF_RANGE';

/** Of anything that `node:sqlite` or `node:fs` has thrown. */
export function classifyFault(fault: unknown): FaultKind {
  const sqliteCode = sqliteErrorCode(fault);
  if (sqliteCode !== undefined) return classifySqliteCode(sqliteCode);
  const code = errorCode(fault) ?? '';
  if (code === OUT_OF_RANGE) return 'damaged';
  return TRANSIENT_ERRNOS.has(code) ? 'transient' : 'lasting';
}

/** Of a result code of SQLite, extended or not. */
export function classifySqliteCode(code: number): FaultKind {
  const primary = code & PRIMARY_CODE;
  if (DAMAGED_CODES.has(primary)) return 'damaged';
  return TRANSIENT_CODES.has(primary) ? 'transient' : 'lasting';
}
