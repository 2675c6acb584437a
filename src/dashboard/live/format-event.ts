/** Events of a stream. Source: WHATWG HTML, section 9.2 "Server-sent events". */
import type { AttemptLine } from '../records/format-attempt.ts';

/** JSON has no line ends of its own, so that no text of a record can begin a field or an event. */
export function formatAttemptEvent(line: AttemptLine): string {
  return `id: ${line.sequence}\nevent: attempt\ndata: ${JSON.stringify(line)}\n\n`;
}

/** All entries up to this one were looked at: whoever resumes goes on behind it. */
export function formatTickEvent(sequence: number): string {
  return `id: ${sequence}\nevent: tick\ndata: ${sequence}\n\n`;
}

/** Too much happened meanwhile: the page is loaded again. */
export const RELOAD_EVENT = 'event: reload\ndata: -\n\n';

/** How long a browser waits before it connects again, in milliseconds. */
export const RETRY_FIELD = 'retry: 2000\n\n';
