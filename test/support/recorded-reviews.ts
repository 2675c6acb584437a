/** The AdmissionReviews of the recorded day: what a real API server sent. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

export interface RecordedReview {
  readonly action: string;
  readonly expect: string;
  /** The review's JSON text as UTF-8. */
  readonly body: Buffer;
}

const RECORDED_FILE = join(import.meta.dirname, '../fixtures/recorded-day.json');

const recordedFile = z.object({
  cases: z.array(z.object({ action: z.string(), expect: z.string(), review: z.unknown() })),
});

/** Reads all recorded reviews, in the order in which they were sent. */
export function readRecordedReviews(): readonly RecordedReview[] {
  const { cases } = recordedFile.parse(JSON.parse(readFileSync(RECORDED_FILE, 'utf8')));
  return cases.map(({ action, expect, review }) => ({
    action,
    expect,
    body: Buffer.from(JSON.stringify(review)),
  }));
}
