/** How many objects a collection has, from a page of one. Source: k8s.io/apimachinery meta/v1 ListMeta.remainingItemCount. */
import { z } from 'zod';

const pageSchema = z.looseObject({
  metadata: z
    .looseObject({ remainingItemCount: z.number().nullish(), continue: z.string().nullish() })
    .nullish(),
  items: z.array(z.unknown()).nullish(),
});

/** `undefined` if it is no page, or if more follows and the API server does not say how much. */
export function parseCount(body: unknown): number | undefined {
  const page = pageSchema.safeParse(body).data;
  if (page === undefined) return undefined;
  const listed = page.items?.length ?? 0;
  const hasMore = (page.metadata?.continue ?? '') !== '';
  const remaining = page.metadata?.remainingItemCount ?? (hasMore ? undefined : 0);
  return remaining === undefined ? undefined : listed + remaining;
}
