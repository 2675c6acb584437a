/**
 * A receiver of CloudEvents 1.0 web hooks over TLS on loopback. Strict: what the specifications demand of a sender is
 * checked, and what does not hold is answered 4xx with the reason and remembered as a fault, so that a test sees it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { serverCertificatesOf, type TestPair } from './certificates.ts';

export type ReceivedEvent = Readonly<Record<string, unknown>>;

export interface ReceiverOptions {
  /** Absent: no token is asked for. */
  readonly bearerToken?: string;
  /** Absent: no signature is asked for. */
  readonly signingKey?: string;
  /** Asks for a client certificate of the receiver's authority. */
  readonly clientCertificate?: boolean;
  /** A larger body is answered 413. */
  readonly bodyBytesMax?: number;
  /** Events that are answered 400, and what comes with them. */
  readonly refuses?: (event: ReceivedEvent) => boolean;
  /** Answers OPTIONS with these headers; absent: with 405. */
  readonly handshake?: Readonly<Record<string, string>>;
}

/** Answers instead of the receiver, before anything is checked; `true` where it has. */
export type Interruption = (
  request: IncomingMessage,
  response: ServerResponse & { req: IncomingMessage },
) => boolean;

export interface CloudEventsReceiver {
  readonly url: string;
  readonly authority: TestPair;
  /** Every accepted event, in order, as often as it came. */
  readonly events: readonly ReceivedEvent[];
  /** What senders did wrong. */
  readonly faults: readonly string[];
  /** Method and content type of each request. */
  readonly requests: readonly string[];
  readonly connections: () => number;
  interrupt: Interruption | undefined;
  readonly stop: () => Promise<void>;
}

interface Refusal {
  readonly status: number;
  readonly fault: string;
}

const SIGNATURE_AGE_MAX_MS = 300_000;
const ATTRIBUTE = /^[a-z0-9]{1,20}$/u;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/u;
const REQUIRED = ['id', 'source', 'specversion', 'type'];

/** Starts it on a free port. */
export async function startCloudEventsReceiver(
  options: ReceiverOptions = {},
): Promise<CloudEventsReceiver> {
  const { authority, server: leaf } = serverCertificatesOf('receiver');
  const state = {
    events: [] as ReceivedEvent[],
    faults: [] as string[],
    requests: [] as string[],
    interrupt: undefined as Interruption | undefined,
  };
  let connections = 0;
  const server = createServer(
    {
      ...leaf,
      ...(options.clientCertificate === true && {
        ca: authority.cert,
        requestCert: true,
        rejectUnauthorized: true,
      }),
    },
    (request, response) => {
      state.requests.push(`${request.method} ${request.headers['content-type'] ?? '-'}`);
      if (state.interrupt?.(request, response) === true) return;
      void answer(request, response, { options, state });
    },
  );
  server.on('secureConnection', () => {
    connections += 1;
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    url: `https://127.0.0.1:${port}/events`,
    authority,
    connections: () => connections,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

interface Context {
  readonly options: ReceiverOptions;
  readonly state: { readonly events: ReceivedEvent[]; readonly faults: string[] };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { options, state }: Context,
): Promise<void> {
  const body = await buffer(request);
  if (request.method === 'OPTIONS') {
    answerHandshake(request, response, { options, state });
    return;
  }
  const judged = judge(request, body, options);
  if ('fault' in judged) {
    state.faults.push(judged.fault);
    response.writeHead(judged.status, { 'content-type': 'text/plain' });
    response.end(judged.fault);
    return;
  }
  state.events.push(...judged.events);
  response.writeHead(202);
  response.end();
}

function answerHandshake(
  { headers }: IncomingMessage,
  response: ServerResponse,
  { options, state }: Context,
): void {
  if (options.handshake === undefined) {
    response.writeHead(405).end();
    return;
  }
  const origin = headers['webhook-request-origin'];
  if (typeof origin !== 'string' || origin === '') {
    state.faults.push('OPTIONS without WebHook-Request-Origin');
    response.writeHead(400).end();
    return;
  }
  response.writeHead(200, { allow: 'POST', ...options.handshake }).end();
}

function judge(
  request: IncomingMessage,
  body: Buffer,
  options: ReceiverOptions,
): Refusal | { readonly events: readonly ReceivedEvent[] } {
  const { method, headers } = request;
  if (method !== 'POST') return { status: 405, fault: `${method} instead of POST` };
  if (headers['transfer-encoding'] !== undefined) return { status: 411, fault: 'no length' };
  if (body.length > (options.bodyBytesMax ?? Number.POSITIVE_INFINITY)) {
    return { status: 413, fault: `a body of ${body.length} bytes` };
  }
  const { bearerToken, signingKey } = options;
  if (bearerToken !== undefined && headers.authorization !== `Bearer ${bearerToken}`) {
    return { status: 401, fault: 'not the bearer token' };
  }
  if (signingKey !== undefined) {
    const fault = findSignatureFault(String(headers['holdfast-signature']), body, signingKey);
    if (fault !== undefined) return { status: 401, fault };
  }
  const read = readEvents(String(headers['content-type']), body);
  if ('events' in read && read.events.some((event) => options.refuses?.(event) === true)) {
    return { status: 400, fault: 'an event that is refused' };
  }
  return read;
}

/** As SECURITY.md tells receivers to check it. */
function findSignatureFault(header: string, body: Buffer, key: string): string | undefined {
  const match = /^t=(?<seconds>\d+),v1=(?<hash>[0-9a-f]{64})$/u.exec(header);
  const { seconds = '', hash = '' } = match?.groups ?? {};
  if (match === null) return `no signature: ${header}`;
  if (Math.abs(Date.now() - Number(seconds) * 1000) > SIGNATURE_AGE_MAX_MS) {
    return 'an old signature';
  }
  const expected = createHmac('sha256', key).update(`${seconds}.`).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(hash, 'hex')) ? undefined : 'a wrong signature';
}

function readEvents(
  contentType: string,
  body: Buffer,
): Refusal | { readonly events: readonly ReceivedEvent[] } {
  const match = /^application\/cloudevents(?<batch>-batch)?\+json; charset=utf-8$/u.exec(
    contentType,
  );
  if (match === null) return { status: 415, fault: `the content type ${contentType}` };
  const parsed = parseJson(body);
  const isBatch = match.groups?.['batch'] !== undefined;
  if (isBatch !== Array.isArray(parsed)) return { status: 400, fault: 'not what the type says' };
  const events: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  const fault = events.map(findEventFault).find((found) => found !== undefined);
  if (fault !== undefined) return { status: 400, fault };
  return { events: events.filter(isEvent) };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function isEvent(value: unknown): value is ReceivedEvent {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** CloudEvents 1.0.2, sections 2 and 3, for events whose data is JSON. */
function findEventFault(event: unknown): string | undefined {
  if (!isEvent(event)) return 'an event that is no object';
  const { data, ...members } = event;
  const attributes = new Map<string, string>();
  for (const name of REQUIRED) {
    if (typeof members[name] !== 'string' || members[name] === '') {
      return `an event without ${name}`;
    }
  }
  for (const [name, value] of Object.entries(members)) {
    if (!ATTRIBUTE.test(name)) return `an attribute called ${name}`;
    if (typeof value !== 'string' || value === '') {
      return `the attribute ${name} is empty or no text`;
    }
    attributes.set(name, value);
  }
  if (data === undefined) return 'an event without data';
  return findValueFault(attributes);
}

function findValueFault(attributes: ReadonlyMap<string, string>): string | undefined {
  const version = attributes.get('specversion');
  const source = attributes.get('source') ?? '';
  const time = attributes.get('time');
  const type = attributes.get('datacontenttype');
  const schema = attributes.get('dataschema');
  if (version !== '1.0') return `specversion ${version}`;
  if (!URL.canParse(source)) return `the source ${source}`;
  if (time !== undefined && !RFC_3339.test(time)) return `the time ${time}`;
  if (type !== 'application/json') return `data of ${type}`;
  return schema === undefined || URL.canParse(schema) ? undefined : 'no absolute dataschema';
}
