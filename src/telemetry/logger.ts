/** The logger interface. Messages are static sentences; variable values are fields. */

import type { LogLevel } from './settings.ts';

/** Fields of an entry. `error` holds a thrown value; its causes are written with it. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes entries of one process or one of its parts. */
export interface Logger {
  readonly debug: (message: string, fields?: LogFields) => void;
  readonly info: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly error: (message: string, fields?: LogFields) => void;
  /**
   * Writes an entry, whose fields are plain JSON, in one write with the others of this turn of the event loop. Resolves when
   * it is written, and rejects where it cannot be.
   */
  readonly batch: (level: 'info' | 'warn', message: string, fields: LogFields) => Promise<void>;
  /** A logger whose entries all carry these fields. */
  readonly child: (fields: LogFields) => Logger;
  /** Changes the level of this logger and its future children, when the configuration is reloaded. */
  readonly setLevel: (level: LogLevel) => void;
}
