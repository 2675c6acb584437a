/** The settings section of the log. */
import { z } from 'zod';
import { section } from '../settings/value-schemas.ts';

/** The log of the process. */
export const logSchema = section({
  level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('The least severe level that is logged.'),
});

export type LogLevel = z.output<typeof logSchema>['level'];
