/**
 * What `kubectl get` shows of a grant stands beside the signatures, because the API server cannot read signed text. It
 * is not signed: an object whose shown values are not those of the signed text is one that somebody has changed to
 * deceive its readers.
 */
import { z } from 'zod';
import type { Grant } from './parse-grant.ts';

/**
 * The members of `spec` that are shown; objects of older versions have none. Of any type: an object that shows nonsense
 * must still be able to say that it is revoked.
 */
export const shownSchema = z.looseObject({
  subject: z.unknown().optional(),
  expires: z.unknown().optional(),
  uses: z.unknown().optional(),
});

export type Shown = z.output<typeof shownSchema>;

/** What the object of a grant shows. */
export function describeShown({ subject, expires, uses }: Grant): {
  readonly subject: string;
  readonly expires: string;
  readonly uses: number;
} {
  return { subject, expires, uses };
}

/** Whether everything that is shown is what was signed; the API server may write a time in another way. */
export function matchShown({ subject, expires, uses }: Shown, grant: Grant): boolean {
  return (
    (subject ?? grant.subject) === grant.subject &&
    parseTime(expires ?? grant.expires) === Date.parse(grant.expires) &&
    (uses ?? grant.uses) === grant.uses
  );
}

function parseTime(value: unknown): number {
  return typeof value === 'string' ? Date.parse(value) : Number.NaN;
}

/** A clause about an object that shows something else. */
export const MISLEADING = 'its object shows other values than were signed';
