/** What the process that follows a cluster is told, and what it answers. */
import { z } from 'zod';
import { processMemorySchema } from './memory-use.ts';

export const followOrderSchema = z.object({
  kubeconfigFile: z.string(),
  /** As kubectl writes them; absent: those that are followed by default. */
  resources: z.array(z.string()).optional(),
  /** How many objects are waited for. */
  objectsMin: z.int(),
});

export type FollowOrder = z.output<typeof followOrderSchema>;

export const followReportSchema = z.object({
  objects: z.int(),
  /** What Applications list counts too. */
  entries: z.int(),
  memory: processMemorySchema,
});

export type FollowReport = z.output<typeof followReportSchema>;
