/** Logs as JSON lines. The only importer of pino. */
import {
  destination,
  pino,
  stdTimeFunctions,
  type DestinationStream,
  type Logger as Pino,
} from 'pino';
import type { Logger } from './logger.ts';
import type { LogLevel } from './settings.ts';
import { maskFields } from './mask.ts';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Where lines go. @default standard error, so that standard output is free for the command */
  readonly stream?: DestinationStream;
}

const STANDARD_ERROR = 2;

/** Creates the logger of the process. Lines are written before the call returns: none is lost in a crash. */
export function createLogger({ level, stream }: LoggerOptions): Logger {
  const options = { level, base: {}, timestamp: stdTimeFunctions.isoTime };
  return wrap(pino(options, stream ?? destination({ dest: STANDARD_ERROR, sync: true })));
}

function wrap(logger: Pino): Logger {
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
    child: (fields) => wrap(logger.child(maskFields(fields))),
    setLevel: (level) => {
      logger.level = level;
    },
  };
}
