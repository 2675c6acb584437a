/** The AdmissionReviews of recorded days: what a real API server sent. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

export interface RecordedReview {
  readonly action: string;
  readonly expect: string;
  /** The review's JSON text as UTF-8. */
  readonly body: Buffer;
}

/** Ours, and one with a real Argo CD. */
export type RecordedDay = 'recorded-day.json' | 'argocd-day.json';

const recordedFile = z.object({
  cases: z.array(z.object({ action: z.string(), expect: z.string(), review: z.unknown() })),
});

/** Reads all recorded reviews, in the order in which they were sent. */
export function readRecordedReviews(
  day: RecordedDay = 'recorded-day.json',
): readonly RecordedReview[] {
  const file = join(import.meta.dirname, '../fixtures', day);
  const { cases } = recordedFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  return cases.map(({ action, expect, review }) => ({
    action,
    expect,
    body: Buffer.from(JSON.stringify(review)),
  }));
}
