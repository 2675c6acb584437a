/**
 * Loki's push API as the real one answers it, without the seven minutes that building the real one takes.
 *
 * `loki-cases.ts` holds both to the same tests. Source: Grafana Loki, HTTP API, "Ingest logs", and its default limits.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { z } from 'zod';
import { findFreePorts } from '../cluster/free-ports.ts';
import type { ReceivedRequest, TargetHandler, TargetReply } from './https-target.ts';
import type { LokiLine, LokiServer } from './loki-server.ts';

const NANOSECONDS_IN_MS = 1_000_000n;
const HOUR_MS = 3_600_000;
/** reject_old_samples_max_age */
const AGE_MAX_MS = 7 * 24 * HOUR_MS;
/** creation_grace_period */
const AHEAD_MAX_MS = 10 * 60_000;
/** Half of max_chunk_age: how far a line may be behind the newest of its stream. */
const BEHIND_MAX_MS = HOUR_MS;
/** max_label_names_per_series */
const LABELS_MAX = 15;
/** max_line_size */
const LINE_BYTES_MAX = 256 * 1024;

const LABEL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/u;

/** discover_service_name, the labels that Holdfast can set: the first that is there names the service. */
const SERVICE_LABELS = [
  'service_name',
  'service',
  'app',
  'application',
  'name',
  'container',
  'job',
];

/** What is no text is taken as its JSON. */
const labelSchema = z
  .unknown()
  .transform((value) => (typeof value === 'string' ? value : JSON.stringify(value)));

const streamSchema = z.object({
  stream: z.record(z.string(), labelSchema),
  values: z.array(
    z.union([
      z.tuple([z.string().regex(/^\d+$/u), z.string()]),
      z.tuple([z.string().regex(/^\d+$/u), z.string(), z.record(z.string(), z.string())]),
    ]),
  ),
});

const pushSchema = z.object({ streams: z.array(streamSchema) });

type LokiStream = z.infer<typeof streamSchema>;

/** What is kept of one stream of one tenant. */
interface KeptStream {
  readonly labels: Readonly<Record<string, string>>;
  newestMs: number;
  /** Time and text decide whether a line is there already. */
  readonly lines: Map<string, { readonly timeMs: number; readonly line: string }>;
}

type Tenants = Map<string, Map<string, KeptStream>>;

export interface FakeLoki {
  readonly handler: TargetHandler;
  /** Lines of the tenant with their labels, oldest first, each once. */
  readonly lines: (tenant: string) => readonly LokiLine[];
}

/** One that has no line yet. */
export function createFakeLoki({ nowMs }: { readonly nowMs: () => number }): FakeLoki {
  const tenants: Tenants = new Map();
  return {
    handler: (request) => answer(request, tenants, nowMs()),
    lines: (tenant) =>
      [...(tenants.get(tenant)?.values() ?? [])]
        .flatMap(({ labels, lines }) => [...lines.values()].map((kept) => ({ labels, ...kept })))
        .toSorted((a, b) => a.timeMs - b.timeMs)
        .map(({ labels, line }) => ({ labels, line })),
  };
}

/** The same on a port of loopback, where it can be killed; it ends with the test. */
export async function startFakeLoki(t: TestContext): Promise<LokiServer> {
  const loki = createFakeLoki({ nowMs: Date.now });
  const [port = 0] = await findFreePorts(1);
  let server: Server | undefined;
  const stop = async (): Promise<void> => {
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    server = undefined;
    await closed;
  };
  const start = async (): Promise<void> => {
    server = createServer((incoming, outgoing) => {
      void serve(loki.handler, incoming, outgoing);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  t.after(stop);
  await start();
  const lines = (tenant: string): Promise<readonly LokiLine[]> =>
    Promise.resolve(loki.lines(tenant));
  return { url: `http://127.0.0.1:${port}`, start, stop, lines };
}

async function serve(
  handler: TargetHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method = '', url = '', headers } = incoming;
  const { status = 200, body = '' } = handler({
    method,
    path: url,
    headers,
    body: await text(incoming),
  });
  outgoing.writeHead(status).end(body);
}

function answer(request: ReceivedRequest, tenants: Tenants, nowMs: number): TargetReply {
  if (request.path !== '/loki/api/v1/push') return { status: 404, body: '404 page not found\n' };
  // The real one answers 404 after some of its starts.
  if (request.method !== 'POST') return { status: 405 };
  const tenant = request.headers['x-scope-orgid'];
  if (typeof tenant !== 'string') return { status: 401, body: 'no org id\n' };
  if (!/^application\/json *(?:;|$)/u.test(request.headers['content-type'] ?? '')) {
    // Everything else is taken for compressed protocol buffers.
    return refuse('snappy: corrupt input');
  }
  const push = pushSchema.safeParse(parse(request.body));
  if (!push.success) return refuse(`loghttp.PushRequest: ${push.error.message}`);
  if (push.data.streams.length === 0) {
    return { status: 422, body: 'error at least one valid stream is required for ingestion\n' };
  }
  const kept = tenants.get(tenant) ?? new Map<string, KeptStream>();
  tenants.set(tenant, kept);
  // What is at fault is left out, and the rest is taken.
  const faults = push.data.streams.flatMap((stream) => takeStream(stream, kept, nowMs));
  return faults.length === 0 ? { status: 204 } : refuse(faults.join('\n'));
}

function refuse(reason: string): TargetReply {
  return { status: 400, body: `${reason}\n` };
}

function takeStream(
  { stream, values }: LokiStream,
  streams: Map<string, KeptStream>,
  nowMs: number,
): readonly string[] {
  const labels = addServiceName(stream);
  const name = formatLabels(labels);
  const fault = findLabelFault(stream, name);
  if (fault !== undefined) return [fault];
  const kept = streams.get(name) ?? { labels, newestMs: 0, lines: new Map() };
  streams.set(name, kept);
  const faults: string[] = [];
  for (const [time, line] of values) {
    const entry = { time, timeMs: Number(BigInt(time) / NANOSECONDS_IN_MS), line };
    const refused = findLineFault(entry, { name, nowMs, newestMs: kept.newestMs });
    if (refused !== undefined) faults.push(refused);
    else {
      kept.newestMs = Math.max(kept.newestMs, entry.timeMs);
      kept.lines.set(JSON.stringify([time, line]), entry);
    }
  }
  return faults;
}

function addServiceName(
  labels: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const found = SERVICE_LABELS.find((label) => labels[label] !== undefined);
  return { ...labels, service_name: (found && labels[found]) ?? 'unknown_service' };
}

function findLabelFault(
  labels: Readonly<Record<string, string>>,
  name: string,
): string | undefined {
  const names = Object.keys(labels);
  if (!names.every((label) => LABEL_NAME.test(label))) {
    return `couldn't parse labels: parse error: ${name}`;
  }
  if (names.length <= LABELS_MAX) return undefined;
  return `entry for stream '${name}' has ${names.length} label names; limit ${LABELS_MAX}`;
}

function findLineFault(
  { timeMs, line }: { readonly timeMs: number; readonly line: string },
  stream: { readonly name: string; readonly nowMs: number; readonly newestMs: number },
): string | undefined {
  const { name, nowMs, newestMs } = stream;
  const time = new Date(timeMs).toISOString();
  const bytes = Buffer.byteLength(line);
  if (timeMs < nowMs - AGE_MAX_MS) {
    const oldest = new Date(nowMs - AGE_MAX_MS).toISOString();
    return `entry for stream '${name}' has timestamp too old: ${time}, oldest acceptable timestamp is: ${oldest}`;
  }
  if (timeMs > nowMs + AHEAD_MAX_MS) {
    return `entry for stream '${name}' has timestamp too new: ${time}`;
  }
  if (bytes > LINE_BYTES_MAX) {
    return `max entry size '${LINE_BYTES_MAX}' bytes exceeded for stream '${name}' while adding an entry with length '${bytes}' bytes`;
  }
  if (timeMs >= newestMs - BEHIND_MAX_MS) return undefined;
  return `entry with timestamp ${time} ignored, reason: 'entry too far behind'`;
}

function formatLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
