/** Logs as JSON lines. The only importer of pino. */
import {
  destination,
  pino,
  stdTimeFunctions,
  type DestinationStream,
  type Logger as Pino,
} from 'pino';
import type { LogFields, Logger } from './logger.ts';
import { LineBatch } from './line-batch.ts';
import type { LogLevel } from './settings.ts';
import { formatMaskedJson, maskFields } from './mask.ts';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Where lines go. @default standard error, so that standard output is free for the command */
  readonly stream?: DestinationStream;
}

const STANDARD_ERROR = 2;

/** Creates the logger of the process. Lines are written before the call returns: none is lost in a crash. */
export function createLogger({ level, stream }: LoggerOptions): Logger {
  const options = { level, base: {}, timestamp: stdTimeFunctions.isoTime };
  const lines = stream ?? destination({ dest: STANDARD_ERROR, sync: true });
  const batch = new LineBatch((text) => {
    lines.write(text);
  });
  return wrap(pino(options, lines), { batch, common: {} });
}

interface Batching {
  readonly batch: LineBatch;
  /** The fields of every entry, masked. */
  readonly common: LogFields;
}

function wrap(logger: Pino, { batch, common }: Batching): Logger {
  return {
    debug: (message, fields = {}) => {
      if (logger.isLevelEnabled('debug')) logger.debug(maskFields(fields), message);
    },
    info: (message, fields = {}) => {
      if (logger.isLevelEnabled('info')) logger.info(maskFields(fields), message);
    },
    warn: (message, fields = {}) => {
      if (logger.isLevelEnabled('warn')) logger.warn(maskFields(fields), message);
    },
    error: (message, fields = {}) => {
      if (logger.isLevelEnabled('error')) logger.error(maskFields(fields), message);
    },
    batch: async (level, message, fields) => {
      if (!logger.isLevelEnabled(level)) return;
      await batch.add(
        formatLine(logger.levels.values[level] ?? 0, message, { ...common, ...fields }),
      );
    },
    child: (fields) => {
      const masked = maskFields(fields);
      return wrap(logger.child(masked), { batch, common: { ...common, ...masked } });
    },
    setLevel: (level) => {
      logger.level = level;
    },
  };
}

/** As pino formats it, whose own formatting takes twice as long for a record. */
function formatLine(level: number, message: string, fields: LogFields): string {
  const inner = formatMaskedJson(fields).slice(1, -1);
  const separator = inner === '' ? '' : ',';
  return `{"level":${level}${stdTimeFunctions.isoTime()}${separator}${inner},"msg":${JSON.stringify(message)}}\n`;
}
