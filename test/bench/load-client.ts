/**
 * The load generator in Node, in a process of its own: it reads a `LoadOrder` from stdin and prints a `LoadReport`.
 *
 * `closed`: each connection sends its next request when the last was answered. At one connection this measures service time,
 * and says nothing of what waits behind a slow answer.
 * `paced`: requests become due at a fixed rate whatever the server does, and latency counts from the moment a request was due
 * and queued, so that a stall is charged to every request it delays and not only to the one that met it.
 */
import { text } from 'node:stream/consumers';

import { prepareRequest, RawConnection } from './raw-connection.ts';
import { summarizeLatencies, type LatencySummary } from './percentile.ts';

const TICK_MS = 2;
/** How long before its request an intruder opens its connection. */
const OPENED_BEFORE_MS = 1_500;

/** Requests sent among the others at given times, each on a connection of its own, by turns. */
export interface Intruder {
  readonly bodies: readonly string[];
  readonly atMs: readonly number[];
}

/** A body to post, and words that every right answer to it holds. */
export interface LoadBody {
  readonly body: string;
  readonly answerHolds: string;
}

export interface LoadOrder {
  readonly url: string;
  readonly bodies: readonly LoadBody[];
  readonly connections: number;
  readonly durationMs: number;
  /** Absent: closed loop. */
  readonly requestsPerSecond?: number | undefined;
  readonly intruder?: Intruder | undefined;
}

/** What happened around one intruder: the second before it against the second that begins with it. */
export interface IntruderReport {
  readonly latencyUs: number;
  readonly status: number;
  readonly body: string;
  readonly before: LatencySummary;
  readonly during: LatencySummary;
  readonly duringRequests: number;
}

export interface LoadReport {
  readonly requests: number;
  readonly durationMs: number;
  readonly failures: number;
  readonly latency: LatencySummary;
  readonly cpuMs: number;
  /** All of this process, its start included. */
  readonly processCpuMs: number;
  readonly intruders: readonly IntruderReport[];
}

interface Sample {
  readonly startMs: number;
  readonly latencyUs: number;
}

interface PreparedBody {
  readonly request: Buffer;
  readonly answerHolds: Buffer;
}

interface Run {
  readonly requests: readonly PreparedBody[];
  readonly samples: Sample[];
  failures: number;
  next: number;
}

interface IntruderAnswer {
  readonly startMs: number;
  readonly latencyUs: number;
  readonly status: number;
  readonly body: string;
}

/** Generates the ordered load and summarizes it. */
async function generateLoad(order: LoadOrder): Promise<LoadReport> {
  const url = new URL(order.url);
  const requests = order.bodies.map(({ body, answerHolds }) => ({
    request: prepareRequest(url, Buffer.from(body)),
    answerHolds: Buffer.from(answerHolds),
  }));
  const run: Run = { requests, samples: [], failures: 0, next: 0 };
  const connections = await Promise.all(
    Array.from({ length: order.connections }, () => openCounted(url)),
  );
  const intrusions = order.intruder === undefined ? [] : intrude(url, order.intruder);
  const startMs = performance.now();
  const cpuStart = process.cpuUsage();
  if (order.requestsPerSecond === undefined) {
    await runClosed(run, connections, startMs + order.durationMs);
  } else {
    await runPaced(run, connections, {
      perSecond: order.requestsPerSecond,
      untilMs: startMs + order.durationMs,
    });
  }
  const answers = await Promise.all(intrusions);
  const cpu = process.cpuUsage(cpuStart);
  const whole = process.cpuUsage();
  for (const connection of connections) connection.close();
  return {
    requests: run.samples.length,
    durationMs: performance.now() - startMs,
    failures: run.failures,
    latency: summarizeLatencies(run.samples.map((sample) => sample.latencyUs)),
    cpuMs: (cpu.user + cpu.system) / 1000,
    processCpuMs: (whole.user + whole.system) / 1000,
    intruders: answers.map((answer) => reportIntruder(answer, run.samples)),
  };
}

/** A connection that the server closes under load ends the bench: figures without it would flatter the server. */
function openCounted(url: URL): Promise<RawConnection> {
  return RawConnection.open(url, (reason) => {
    throw new Error(`Lost a connection to "${url.href}" under load: ${reason}`);
  });
}

function nextRequest(run: Run): PreparedBody {
  const request = run.requests[run.next % run.requests.length];
  run.next += 1;
  if (request === undefined) throw new Error('The load order names no body to send');
  return request;
}

/** Sends one request and calls `onDone` when it was answered and counted. */
function exchange(
  run: Run,
  connection: RawConnection,
  { startMs, onDone }: { readonly startMs: number; readonly onDone: () => void },
): void {
  const { request, answerHolds } = nextRequest(run);
  connection.send(request, (answer) => {
    if (answer.status !== 200 || !answer.body.includes(answerHolds)) run.failures += 1;
    run.samples.push({ startMs, latencyUs: (performance.now() - startMs) * 1000 });
    onDone();
  });
}

async function runClosed(
  run: Run,
  connections: readonly RawConnection[],
  untilMs: number,
): Promise<void> {
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve) => {
          const again = (): void => {
            const nowMs = performance.now();
            if (nowMs >= untilMs) resolve();
            else exchange(run, connection, { startMs: nowMs, onDone: again });
          };
          again();
        }),
    ),
  );
}

/** Requests due but not yet sent wait in `queue` for a free connection, and their wait counts. */
async function runPaced(
  run: Run,
  connections: readonly RawConnection[],
  pace: { readonly perSecond: number; readonly untilMs: number },
): Promise<void> {
  const idle = [...connections];
  const queue: number[] = [];
  const firstMs = performance.now();
  let due = 0;
  const done = Promise.withResolvers<undefined>();
  const dispatch = (): void => {
    while (queue.length > 0 && idle.length > 0) {
      // The one that rested longest: a server may close a connection on which nothing comes.
      const connection = idle.shift();
      const queuedMs = queue.shift();
      if (connection === undefined || queuedMs === undefined) return;
      exchange(run, connection, {
        startMs: queuedMs,
        onDone: () => {
          idle.push(connection);
          dispatch();
        },
      });
    }
  };
  const timer = setInterval(() => {
    const nowMs = performance.now();
    if (nowMs >= pace.untilMs) {
      if (queue.length === 0 && idle.length === connections.length) done.resolve(undefined);
      return;
    }
    const dueNow = Math.floor(((nowMs - firstMs) / 1000) * pace.perSecond);
    for (; due < dueNow; due += 1) queue.push(nowMs);
    dispatch();
  }, TICK_MS);
  await done.promise;
  clearInterval(timer);
}

function intrude(url: URL, intruder: Intruder): Promise<IntruderAnswer>[] {
  const requests = intruder.bodies.map((body) => prepareRequest(url, Buffer.from(body)));
  return intruder.atMs.map(async (atMs, number) => {
    const request = requests[number % requests.length];
    if (request === undefined) throw new RangeError('An intruder must have a body: found none');
    // Not long before, because a server may close a connection on which nothing comes; nor only then, because an API
    // server has its connections, and a handshake takes the admission thread's time as well.
    await new Promise((resolve) => setTimeout(resolve, atMs - OPENED_BEFORE_MS));
    const connection = await openCounted(url);
    await new Promise((resolve) => setTimeout(resolve, OPENED_BEFORE_MS));
    const startMs = performance.now();
    const answer = await new Promise<IntruderAnswer>((resolve) => {
      connection.send(request, ({ status, body }) => {
        const latencyUs = (performance.now() - startMs) * 1000;
        resolve({ startMs, latencyUs, status, body: body.toString() });
      });
    });
    connection.close();
    return answer;
  });
}

function reportIntruder(answer: IntruderAnswer, samples: readonly Sample[]): IntruderReport {
  const during = latenciesBetween(samples, answer.startMs, answer.startMs + 1000);
  return {
    latencyUs: answer.latencyUs,
    status: answer.status,
    body: answer.body,
    before: summarizeLatencies(latenciesBetween(samples, answer.startMs - 1000, answer.startMs)),
    during: summarizeLatencies(during),
    duringRequests: during.length,
  };
}

function latenciesBetween(samples: readonly Sample[], fromMs: number, toMs: number): number[] {
  return samples
    .filter((sample) => sample.startMs >= fromMs && sample.startMs < toMs)
    .map((sample) => sample.latencyUs);
}

/** The order comes from the bench that starts this process, never from outside. */
if (import.meta.main) {
  const order: LoadOrder = JSON.parse(await text(process.stdin));
  process.stdout.write(`${JSON.stringify(await generateLoad(order))}\n`);
}
