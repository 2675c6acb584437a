/**
 * Formats messages for PagerDuty. Source: PagerDuty Events API v2, "Send an alert event" and "Send a change
 * event".
 */
import { formatCut, formatLine } from '../../format-text.ts';
import type { Message, Notice } from '../../incident.ts';

export interface EventSettings {
  readonly routingKey: string;
  readonly client: string;
  readonly clientUrl?: string | undefined;
}

// Source: PD-CEF, Events API v2.
const SUMMARY_LENGTH_MAX = 1024;
const FIELD_LENGTH_MAX = 255;
/** The API takes 512 KB; it is not specified whether a KB is 1000 or 1024 bytes. */
const BODY_BYTES_MAX = 512_000;

/** The body of one event, within every published limit. */
export function formatEvent(
  { kind, key, notice }: Pick<Message, 'kind' | 'key' | 'notice'>,
  settings: EventSettings,
): string {
  switch (kind) {
    case 'trigger':
      return fit((details) => trigger(key, notice, { ...settings, details }), notice);
    case 'change':
      return fit((details) => change(notice, { ...settings, details }), notice);
    case 'acknowledge':
    case 'resolve':
      return JSON.stringify({
        routing_key: settings.routingKey,
        event_action: kind,
        dedup_key: key,
      });
  }
}

type Details = Readonly<Record<string, unknown>>;

function trigger(key: string, notice: Notice, settings: EventSettings & { details: Details }) {
  const { routingKey, client, clientUrl, details } = settings;
  return {
    routing_key: routingKey,
    event_action: 'trigger',
    dedup_key: key,
    client,
    ...(clientUrl !== undefined && { client_url: clientUrl }),
    links: links(notice),
    payload: {
      summary: summaryOf(notice),
      source: field(notice.source),
      severity: notice.severity,
      timestamp: notice.time,
      component: field(notice.component),
      group: field(notice.group),
      class: field(notice.class),
      custom_details: details,
    },
  };
}

function change(notice: Notice, { routingKey, details }: EventSettings & { details: Details }) {
  return {
    routing_key: routingKey,
    links: links(notice),
    payload: {
      summary: summaryOf(notice),
      source: field(notice.source),
      timestamp: notice.time,
      custom_details: details,
    },
  };
}

/** Details are dropped first: summary, object and severity must arrive. */
function fit(build: (details: Details) => object, { details }: Notice): string {
  const whole = JSON.stringify(build(details));
  if (Buffer.byteLength(whole) <= BODY_BYTES_MAX) return whole;
  const note = 'The details were left out: with them the event would have been larger than 512 KB';
  return JSON.stringify(build({ note }));
}

function summaryOf({ summary }: Notice): string {
  return formatCut(formatLine(summary), SUMMARY_LENGTH_MAX);
}

function field(text: string): string {
  return formatCut(formatLine(text), FIELD_LENGTH_MAX);
}

function links({ links: all }: Notice) {
  return all.map(({ text, href }) => ({ text, href }));
}
