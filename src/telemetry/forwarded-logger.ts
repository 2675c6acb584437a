/** A logger of a thread that does not write itself: entries as plain data for the thread that does. */
import type { LogFields, Logger } from './logger.ts';
import type { LogLevel } from './settings.ts';
import { maskFields } from './mask.ts';

/** An entry on its way. Its fields are masked already, and hold JSON only: an error is an object with its causes. */
export interface ForwardedEntry {
  readonly level: Exclude<LogLevel, 'silent'>;
  readonly message: string;
  readonly fieldsJson: string;
}

/** Hands every entry to `send`; the writing side knows the level that is in force. */
export function createForwardingLogger(
  send: (entry: ForwardedEntry) => void,
  common: LogFields = {},
): Logger {
  const at =
    (level: ForwardedEntry['level']): Logger['info'] =>
    (message, fields = {}) => {
      send({ level, message, fieldsJson: JSON.stringify(maskFields({ ...common, ...fields })) });
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => createForwardingLogger(send, { ...common, ...fields }),
    setLevel: () => {},
  };
}

/** Writes what another thread has logged. */
export function logForwarded(logger: Logger, { level, message, fieldsJson }: ForwardedEntry): void {
  const fields: unknown = JSON.parse(fieldsJson);
  logger[level](message, typeof fields === 'object' && fields !== null ? { ...fields } : {});
}
