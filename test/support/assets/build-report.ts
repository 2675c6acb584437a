/** What the build process tells its parent about each program. */
import { z } from 'zod';
import { PROGRAM_NAMES } from './programs.ts';

/** One program is there, or cannot be had. */
export const buildReportSchema = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('ready'),
    program: z.enum(PROGRAM_NAMES),
    tookMs: z.number(),
  }),
  z.strictObject({
    status: z.literal('failed'),
    program: z.enum(PROGRAM_NAMES),
    reason: z.string(),
  }),
]);

export type BuildReport = z.infer<typeof buildReportSchema>;
