/** A logger for a thread that does not write logs itself: it forwards entries as plain data. */
import type { LogFields, Logger } from './logger.ts';
import type { LogLevel } from './settings.ts';
import { maskFields } from './mask.ts';

/**
 * A forwarded entry. Its fields are already masked and contain only JSON: an error is an object with its
 * causes.
 */
export interface ForwardedEntry {
  readonly level: Exclude<LogLevel, 'silent'>;
  readonly message: string;
  readonly fieldsJson: string;
}

/** Passes every entry to `send`; the receiving side applies the log level. */
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
    // Each is a message of its own to the thread that writes.
    batch: (level, message, fields) => {
      at(level)(message, fields);
      return Promise.resolve();
    },
    setLevel: () => {},
  };
}

/** Writes the entries of another thread. */
export function logForwarded(logger: Logger, { level, message, fieldsJson }: ForwardedEntry): void {
  const fields: unknown = JSON.parse(fieldsJson);
  logger[level](message, typeof fields === 'object' && fields !== null ? { ...fields } : {});
}
