/** Parses the state of one of our Events from the API server. */
import { z } from 'zod';
import { EVENTS_CONTROLLER } from './plan-events.ts';

/** The annotation with the last entry that an Event counts. */
export const SEQUENCE_ANNOTATION = 'holdfast.dev/sequence';

export interface EventState {
  readonly count: number;
  /** The last entry that is counted. */
  readonly sequence: number;
}

const eventSchema = z.object({
  reportingController: z.literal(EVENTS_CONTROLLER),
  metadata: z.object({
    annotations: z.object({ [SEQUENCE_ANNOTATION]: z.string().regex(/^\d{1,15}$/u) }),
  }),
  series: z.object({ count: z.int().min(1) }).nullish(),
});

/** `undefined` if the Event is not one of ours. */
export function parseEventState(body: unknown): EventState | undefined {
  const parsed = eventSchema.safeParse(body);
  if (!parsed.success) return undefined;
  const { metadata, series } = parsed.data;
  return { count: series?.count ?? 1, sequence: Number(metadata.annotations[SEQUENCE_ANNOTATION]) };
}
