/** What one run of a journal on a failing disk has shown, as one line of JSON. */
import { z } from 'zod';

export const FAULTY_RUN = z.object({
  seed: z.int(),
  /** Entries that were acknowledged before the power went. */
  acknowledged: z.int(),
  /** Calls that failed. */
  faults: z.int(),
  /** Acknowledged entries that the journal does not have any more. */
  missing: z.int(),
  /** Why something is damaged or lost, as the journal itself has said. */
  told: z.array(z.string()),
  /** The faults that a verification finds, with the acknowledged hashes as anchors. */
  findings: z.array(z.string()),
  /** What must never happen. */
  problems: z.array(z.string()),
});

export type FaultyRun = Readonly<z.output<typeof FAULTY_RUN>>;
