/** One recorded admission review, with the action and the expected result. */

/** - `unreviewed`: recorded, without an expected result yet */
export type Expectation = 'allow' | 'deny' | 'unreviewed';

export interface RecordedReview {
  readonly kind: 'AdmissionReview';
  readonly apiVersion: string;
  readonly request: Readonly<Record<string, unknown>> & { readonly uid: string };
}

export interface RecordedCase {
  /** The action, as a slug: `human-set-image`. */
  readonly action: string;
  readonly expect: Expectation;
  /** Why that is expected, if it is not obvious. */
  readonly note?: string | undefined;
  readonly review: RecordedReview;
}

export interface Recording {
  /** The version of the API server that sent the reviews, if known. */
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
