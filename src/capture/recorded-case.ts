/** One admission review of a recording, with what was being done and what is expected of it. */

/** - `unreviewed`: recorded, and nobody has said yet what the answer should be */
export type Expectation = 'allow' | 'deny' | 'unreviewed';

export interface RecordedReview {
  readonly kind: 'AdmissionReview';
  readonly apiVersion: string;
  readonly request: Readonly<Record<string, unknown>> & { readonly uid: string };
}

export interface RecordedCase {
  /** What was done, as a slug: `human-set-image`. */
  readonly action: string;
  readonly expect: Expectation;
  /** Why that is expected, where it is not obvious. */
  readonly note?: string | undefined;
  readonly review: RecordedReview;
}

export interface Recording {
  /** The version of the API server that sent the reviews, where it is known. */
  readonly kubernetes?: string | undefined;
  readonly cases: readonly RecordedCase[];
}

/** Formats a recording as JSON text; `holdfast demo` and the tests read it back. */
export function formatRecording({ kubernetes, cases }: Recording): string {
  const head = kubernetes === undefined ? '' : `"kubernetes": ${JSON.stringify(kubernetes)},\n`;
  return `{\n${head}"cases": [\n${cases.map(formatCase).join(',\n')}\n]\n}\n`;
}

function formatCase({ action, expect, note, review }: RecordedCase): string {
  return JSON.stringify({ action, expect, note, review });
}
