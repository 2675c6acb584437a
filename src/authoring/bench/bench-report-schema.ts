/** What `holdfast policy bench --output json` writes, and `--compare` reads. */
import { z } from 'zod';

const figure = z.number().nonnegative();

const policyFiguresSchema = z.object({
  name: z.string(),
  /** How many recorded reviews it was measured on. */
  reviews: z.int().positive(),
  /** How many evaluations the times are of. */
  calls: z.int().positive(),
  p50Us: figure,
  p99Us: figure,
  /** Bytes of WASM memory that the largest review takes, its input document included. */
  wasmBytes: figure,
  /** Bytes of the JavaScript heap that an evaluation takes on average. */
  heapBytes: figure,
});

/** Members that a later version adds are passed over. */
export const benchReportSchema = z.object({
  format: z.literal(1),
  revision: z.string(),
  node: z.string(),
  cpuModel: z.string(),
  processors: z.int().positive(),
  rounds: z.int().positive(),
  /** The part of the machine that others took in the most disturbed of the rounds that count: 0 to 1; null where nobody knows. */
  disturbance: z.number().min(0).max(1).nullable(),
  /** Whether that was so much that the figures prove nothing. */
  isDisturbed: z.boolean(),
  policies: z.array(policyFiguresSchema).readonly(),
  /** What was not measured. */
  unmeasured: z.array(z.object({ name: z.string(), reason: z.string() })).readonly(),
});

export type BenchReport = z.output<typeof benchReportSchema>;
export type PolicyFigures = z.output<typeof policyFiguresSchema>;
