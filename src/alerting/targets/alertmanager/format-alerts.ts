/** Formats messages for Alertmanager. Source: Alertmanager's OpenAPI description, `POST /api/v2/alerts`. */
import type { WallMs } from '../../../base/clock.ts';
import { formatCut, formatLine } from '../../format-text.ts';
import type { Message } from '../../incident.ts';

export interface AlertSettings {
  readonly nowMs: WallMs;
  readonly repeatMs: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** The number of missed repetitions after which an alert ends by itself, in case we are down. */
const REPETITIONS = 4;
const LABEL_LENGTH_MAX = 128;
const ANNOTATION_LENGTH_MAX = 2000;

/** The body: one alert, firing or resolved. The labels identify it, so they do not change while it is open. */
export function formatAlerts(
  { kind, key, notice }: Pick<Message, 'kind' | 'key' | 'notice'>,
  { nowMs, repeatMs, labels }: AlertSettings,
): string {
  const endsAtMs = kind === 'resolve' ? nowMs : nowMs + REPETITIONS * repeatMs;
  const [link] = notice.links;
  return JSON.stringify([
    {
      labels: {
        ...labels,
        alertname: 'HoldfastIncident',
        cluster: label(notice.source),
        namespace: label(notice.namespace),
        // A higher severity makes another alert; the previous one ends without repetitions.
        severity: notice.severity,
        class: label(notice.class),
        rule: label(notice.rule),
        incident: key,
      },
      annotations: annotations({
        summary: notice.summary,
        component: notice.component,
        ...notice.details,
      }),
      // Alertmanager rejects an end before the start, which a clock that was set back could produce.
      startsAt: new Date(Math.min(notice.startedAtMs, nowMs)).toISOString(),
      endsAt: new Date(endsAtMs).toISOString(),
      ...(link !== undefined && { generatorURL: link.href }),
    },
  ]);
}

function label(text: string): string {
  return formatCut(formatLine(text), LABEL_LENGTH_MAX);
}

function annotations(
  values: Readonly<Record<string, string | number | readonly string[]>>,
): Record<string, string> {
  const texts = Object.entries(values).map(([name, value]): [string, string] => [
    name,
    formatCut(Array.isArray(value) ? value.join('\n') : String(value), ANNOTATION_LENGTH_MAX),
  ]);
  return Object.fromEntries(texts.filter(([, text]) => text !== ''));
}
