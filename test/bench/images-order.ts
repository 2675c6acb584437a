/** What the process that judges images is told, and what it answers. */
import { z } from 'zod';
import { processMemorySchema } from './memory-use.ts';

export const PODS = 100;
export const IMAGES_OF_POD = 5;
export const REGISTRY_DELAY_MS = 200;
/** The time-out of the webhooks that validate. */
export const WEBHOOK_TIMEOUT_MS = 5000;
export const KEPT_VERDICTS = 10_000;

/** Pods that it judges, and how it measures them. */
export const imagesOrderSchema = z.object({
  /** The section `images`. */
  images: z.looseObject({}),
  /** The images of each Pod. */
  pods: z.array(z.array(z.string())),
  /** Pods that are judged at a time. */
  concurrentMax: z.int().min(1),
  /** Until the API server gives up. */
  withinMs: z.number(),
  /** How often all Pods are judged again once every verdict is known. */
  cachedRounds: z.int(),
});

export type ImagesOrder = z.output<typeof imagesOrderSchema>;

/** Milliseconds between what should have been and what was. */
const delaySchema = z.object({ p50Ms: z.number(), p99Ms: z.number(), maxMs: z.number() });

export const imagesReportSchema = z.object({
  /** How often each verdict was given. */
  verdicts: z.record(z.string(), z.number()),
  /** Of each Pod, from its arrival to its answer. */
  answersMs: z.array(z.number()),
  totalMs: z.number(),
  /** What the process keeps. */
  verdictsKept: z.number(),
  /** Of the main thread, while it did nothing, and while images were judged. */
  idleDelay: delaySchema,
  delay: delaySchema,
  before: processMemorySchema,
  after: processMemorySchema,
  /** Microseconds of each question about known images: of a whole Pod, and of its first image alone. */
  cachedPodUs: z.array(z.number()),
  cachedImageUs: z.array(z.number()),
});

export type ImagesReport = z.output<typeof imagesReportSchema>;

/** What one process reported, and what its registry saw. */
export interface ImagesRun {
  readonly report: ImagesReport;
  /** Of another process on the same folder, after the first has ended. */
  readonly startedAgain?: ImagesReport | undefined;
  readonly requests: number;
  /** How often a manifest was fetched by its tag, over all images that were asked for. */
  readonly manifestFetches: { readonly min: number; readonly max: number };
}
