/** What one seed has shown, as one line of JSON. */
import { z } from 'zod';

export const WORLD_RESULT = z.object({
  seed: z.int(),
  steps: z.int(),
  /** Ends of a process: killed, stopped, or with the power. */
  crashes: z.int(),
  /** Records that were acknowledged. */
  acknowledged: z.int(),
  /** Incidents that the people on call have seen. */
  pages: z.int(),
  /** Of everything that has happened, in order. */
  traceHash: z.string(),
  /** What must never happen, with the step. */
  problems: z.array(z.string()),
  /** What happened last, where something is wrong. */
  trace: z.array(z.string()),
});

export type WorldResult = Readonly<z.output<typeof WORLD_RESULT>>;
