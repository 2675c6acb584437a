/**
 * A stand-in for PagerDuty's Events API v2 that holds callers to its published rules: required members, types, lengths,
 * sizes, and what deduplication, acknowledgement and resolution do. Stricter than the real one where that finds mistakes:
 * members that the documentation does not name are refused, and so are images.
 */
import { randomBytes } from 'node:crypto';
import { startHttpsTarget } from '../sinks/https-target.ts';
import type { HttpsTargetFixture, ReceivedRequest, TargetReply } from '../sinks/https-target.ts';
import { parseJson } from '../sinks/json-reply.ts';

/** One alert as its people see it. */
export interface FakeAlert {
  readonly routingKey: string;
  readonly key: string;
  state: 'triggered' | 'acknowledged' | 'resolved';
  severity: string;
  summary: string;
  /** How many triggers it has heard. */
  triggers: number;
}

export interface FakeChange {
  readonly routingKey: string;
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>>;
}

const ROUTING_KEY = /^[A-Za-z0-9]{32}$/;
const BODY_BYTES_MAX = 512_000;
const SEVERITIES = new Set(['critical', 'error', 'warning', 'info']);
const EVENT_MEMBERS = new Set(
  'routing_key event_action dedup_key payload client client_url links'.split(' '),
);
const PAYLOAD_MEMBERS = new Set(
  'summary source severity timestamp component group class custom_details'.split(' '),
);
const CHANGE_MEMBERS = new Set('routing_key payload links'.split(' '));
const CHANGE_PAYLOAD_MEMBERS = new Set('summary source timestamp custom_details'.split(' '));

/** A routing key, made for one test. */
export function drawRoutingKey(): string {
  return `A${randomBytes(20).toString('hex').slice(0, 31)}`;
}

/** The service's state and rules, without a network. */
export class FakePagerduty {
  readonly routingKeys = new Set<string>();
  readonly alerts: FakeAlert[] = [];
  readonly changes: FakeChange[] = [];
  /** Every request with its answer, in order. */
  readonly log: { readonly path: string; readonly body: unknown; readonly status: number }[] = [];
  /** Answers instead of the rules while it is set: an outage, a limit. */
  outage: TargetReply | undefined;

  readonly receive = (
    request: Pick<ReceivedRequest, 'method' | 'path' | 'headers' | 'body'>,
  ): TargetReply => {
    const reply = this.outage ?? this.#judge(request);
    this.log.push({
      path: request.path,
      body: parseJson(request.body),
      status: reply.status ?? 200,
    });
    return reply;
  };

  /** What people see as open. */
  get open(): readonly FakeAlert[] {
    return this.alerts.filter(({ state }) => state !== 'resolved');
  }

  #judge(request: Pick<ReceivedRequest, 'method' | 'path' | 'headers' | 'body'>): TargetReply {
    const { method, path, headers, body } = request;
    if (method !== 'POST') return { status: 405 };
    if (path !== '/v2/enqueue' && path !== '/v2/change/enqueue') return { status: 404 };
    if (Buffer.byteLength(body) > BODY_BYTES_MAX) return { status: 413 };
    if (headers['content-type'] !== 'application/json') return invalid(['content-type']);
    const event = parseJson(body);
    if (!isObject(event)) return invalid(['The event is not a JSON object']);
    const errors = path === '/v2/enqueue' ? findEventErrors(event) : findChangeErrors(event);
    if (errors.length > 0) return invalid(errors);
    const routingKey = String(event['routing_key']);
    // The real one finds out later; here nobody knows a key that no test has made.
    if (!this.routingKeys.has(routingKey)) return invalid(['Unknown routing key']);
    return path === '/v2/enqueue'
      ? this.#apply(event, routingKey)
      : this.#applyChange(event, routingKey);
  }

  #apply(event: Readonly<Record<string, unknown>>, routingKey: string): TargetReply {
    const given = event['dedup_key'];
    const key = typeof given === 'string' ? given : randomBytes(16).toString('hex');
    const known = this.alerts.findLast((one) => one.key === key && one.routingKey === routingKey);
    const open = known?.state === 'resolved' ? undefined : known;
    if (event['event_action'] === 'trigger') {
      const payload = isObject(event['payload']) ? event['payload'] : {};
      const severity = String(payload['severity']);
      const summary = String(payload['summary']);
      if (open === undefined) {
        this.alerts.push({ routingKey, key, state: 'triggered', severity, summary, triggers: 1 });
      } else {
        open.triggers += 1;
        open.severity = severity;
        open.summary = summary;
      }
    } else if (open !== undefined) {
      open.state = event['event_action'] === 'resolve' ? 'resolved' : 'acknowledged';
    }
    return accepted({ message: 'Event processed', dedup_key: key });
  }

  #applyChange(event: Readonly<Record<string, unknown>>, routingKey: string): TargetReply {
    const payload = isObject(event['payload']) ? event['payload'] : {};
    const { summary, custom_details: details } = payload;
    this.changes.push({
      routingKey,
      summary: String(summary),
      details: isObject(details) ? details : {},
    });
    return accepted({ message: 'Change event processed' });
  }
}

/** The service on a free port of 127.0.0.1. */
export async function startFakePagerduty(): Promise<{
  readonly service: FakePagerduty;
  readonly server: HttpsTargetFixture;
}> {
  const service = new FakePagerduty();
  const server = await startHttpsTarget({ plain: true, handler: service.receive });
  return { service, server };
}

function accepted(body: object): TargetReply {
  return { status: 202, body: JSON.stringify({ status: 'success', ...body }) };
}

function invalid(errors: readonly string[]): TargetReply {
  const message = 'Event object is invalid';
  return { status: 400, body: JSON.stringify({ status: 'invalid event', message, errors }) };
}

function findEventErrors(event: Readonly<Record<string, unknown>>): readonly string[] {
  const { routing_key, event_action: action, dedup_key: key, payload } = event;
  return [
    ...complain(!isRoutingKey(routing_key), "'routing_key' should be 32 letters and digits"),
    ...complain(
      !['trigger', 'acknowledge', 'resolve'].includes(String(action)),
      "'event_action' is invalid",
    ),
    ...complain(key !== undefined && !isText(key, 255), "'dedup_key' should be at most 255 long"),
    ...complain(action !== 'trigger' && key === undefined, "'dedup_key' is missing or blank"),
    ...unknownMembers(event, EVENT_MEMBERS),
    ...findLinkErrors(event['links']),
    ...complain(event['client'] !== undefined && typeof event['client'] !== 'string', "'client'"),
    ...complain(!isUrlOrAbsent(event['client_url']), "'client_url'"),
    ...(action === 'trigger' ? findPayloadErrors(payload) : []),
  ];
}

function findPayloadErrors(payload: unknown): readonly string[] {
  if (!isObject(payload)) return ["'payload' is missing or blank"];
  const texts = ['component', 'group', 'class'].filter(
    (name) => payload[name] !== undefined && typeof payload[name] !== 'string',
  );
  return [
    ...complain(
      !isText(payload['summary'], 1024),
      "'payload.summary' is missing, blank or too long",
    ),
    ...complain(!isText(payload['source'], 1024), "'payload.source' is missing or blank"),
    ...complain(!SEVERITIES.has(String(payload['severity'])), "'payload.severity' is invalid"),
    ...complain(!isTimeOrAbsent(payload['timestamp']), "'payload.timestamp' is invalid"),
    ...complain(!isObjectOrAbsent(payload['custom_details']), "'payload.custom_details'"),
    ...texts.map((name) => `'payload.${name}' is no text`),
    ...unknownMembers(payload, PAYLOAD_MEMBERS),
  ];
}

function findChangeErrors(event: Readonly<Record<string, unknown>>): readonly string[] {
  const { routing_key: key, payload } = event;
  const common = [
    ...complain(!isRoutingKey(key), "'routing_key' should be 32 letters and digits"),
    ...complain(String(key).startsWith('R'), 'Change events are not for rulesets'),
    ...unknownMembers(event, CHANGE_MEMBERS),
    ...findLinkErrors(event['links']),
  ];
  if (!isObject(payload)) return [...common, "'payload' is missing or blank"];
  return [
    ...common,
    ...complain(
      !isText(payload['summary'], 1024),
      "'payload.summary' is missing, blank or too long",
    ),
    ...complain(!isTimeOrAbsent(payload['timestamp']), "'payload.timestamp' is invalid"),
    ...complain(!isObjectOrAbsent(payload['custom_details']), "'payload.custom_details'"),
    ...unknownMembers(payload, CHANGE_PAYLOAD_MEMBERS),
  ];
}

function findLinkErrors(links: unknown): readonly string[] {
  if (links === undefined) return [];
  if (!Array.isArray(links)) return ["'links' is no list"];
  return links.flatMap((link: unknown) =>
    isObject(link) && isUrl(link['href']) && typeof link['text'] === 'string'
      ? unknownMembers(link, new Set(['href', 'text']))
      : ["'links' has a bad entry"],
  );
}

function unknownMembers(value: object, known: ReadonlySet<string>): readonly string[] {
  const unknown = Object.keys(value).filter((name) => !known.has(name));
  return unknown.map((name) => `'${name}' is not documented`);
}

function complain(isWrong: boolean, text: string): readonly string[] {
  return isWrong ? [text] : [];
}

function isRoutingKey(value: unknown): boolean {
  return typeof value === 'string' && ROUTING_KEY.test(value);
}

function isText(value: unknown, lengthMax: number): boolean {
  return typeof value === 'string' && value.trim() !== '' && value.length <= lengthMax;
}

function isTimeOrAbsent(value: unknown): boolean {
  if (value === undefined) return true;
  return (
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})$/.test(value)
  );
}

function isObjectOrAbsent(value: unknown): boolean {
  return value === undefined || isObject(value);
}

function isUrlOrAbsent(value: unknown): boolean {
  return value === undefined || isUrl(value);
}

function isUrl(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
