/** The text of a recording: JSON with one case per line, so that a change of one case is a change of one line. */
import type { RecordedCase, Recording } from './recorded-case.ts';

/** Formats a recording as JSON text; `holdfast demo` and the tests read it back. */
export function formatRecording({ kubernetes, cases }: Recording): string {
  const head = kubernetes === undefined ? '' : `"kubernetes": ${JSON.stringify(kubernetes)},\n`;
  return `{\n${head}"cases": [\n${cases.map(formatCase).join(',\n')}\n]\n}\n`;
}

function formatCase({ action, expect, note, review }: RecordedCase): string {
  return JSON.stringify({ action, expect, note, review });
}
