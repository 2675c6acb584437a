/** What the process that mirrors repositories is told, and what it answers. */
import { z } from 'zod';
import { processMemorySchema } from './memory-use.ts';

export const mirrorsOrderSchema = z.object({
  /** Of the repositories, in file://. */
  urls: z.array(z.string()),
  /** The newest commit of each. */
  objectId: z.string(),
  /** The section `mirrors`. */
  settings: z.looseObject({}),
  /** Of the mirrors. */
  folder: z.string(),
  /** Memory is measured whenever so many are there. */
  measuredAt: z.array(z.int()),
  /** No mirror is begun after it. */
  durationMsMax: z.number(),
});

/** In which V8 gives back what it holds free. */
export const IDLE_MS = 15_000;

export type MirrorsOrder = z.output<typeof mirrorsOrderSchema>;

export const mirrorsReportSchema = z.object({
  memory: z.array(z.object({ mirrors: z.int(), memory: processMemorySchema })),
  /** Of all of them, once the process has had nothing to do for a while. */
  idleMemory: processMemorySchema,
  /** To make each. */
  durationsMs: z.array(z.number()),
  totalMs: z.number(),
  concurrentReads: z.int(),
  diskBytes: z.number(),
  /** To open the folder with all of them, as after a restart. */
  reopenMs: z.number(),
});

export type MirrorsReport = z.output<typeof mirrorsReportSchema>;
