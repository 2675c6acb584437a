/** Checkpoints the write-ahead log of the open segment, so that it stays short; the writer is not blocked. */
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { listSegments } from './segment-files.ts';

/** The size of the log from which a checkpoint is made. */
const LOG_BYTES_MIN = 4 * 1024 * 1024;

/** Checkpoints the newest segment if its log is long enough. */
export function checkpointNewest(folder: string): void {
  const path = listSegments(folder).at(-1)?.path;
  if (path === undefined) return;
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  if (log === undefined || log.size < LOG_BYTES_MIN) return;
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } finally {
    database.close();
  }
}
