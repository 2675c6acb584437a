/**
 * The HTTPS server for what other programs have seen, on a port of its own: whoever reports, and whoever pretends to, shares no
 * connection, no memory and no queue with admission.
 */
import type { IncomingMessage } from 'node:http';
import { respondError } from '../admission/respond.ts';
import { readAddressRanges } from '../base/address-ranges.ts';
import type { Clock, MonotonicMs } from '../base/clock.ts';
import { errorCode } from '../base/error-details.ts';
import { Semaphore } from '../base/semaphore.ts';
import { describeError, HoldfastError, type ErrorCode } from '../errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { BodyBudget } from './body-budget.ts';
import type { ClientAuthenticator } from './client-authentication.ts';
import { Clients, strangersShareOf } from './clients.ts';
import { closeApp } from './drain.ts';
import { refuseClient } from './enter-admission.ts';
import { followHandshakes } from './handshake-turns.ts';
import { createHttpApp, sendAnswer, type HttpApp, type HttpReply } from './http-app.ts';
import { readBody, type ReceivedBody } from './read-body.ts';
import {
  createTlsServer,
  followTlsFiles,
  readFirstCertificate,
  type HttpTimeouts,
  type TlsOptions,
} from './tls-server.ts';

/** One program that reports. */
export interface IntakeSource<Name extends string = string> {
  /** As in metrics; the path is `/` and the name. */
  readonly name: Name;
  readonly authenticator: ClientAuthenticator;
  /** Resolves once what it means is recorded; rejects with a `HoldfastError` whose status is the answer. */
  readonly receive: (body: Uint8Array, query: URLSearchParams) => Promise<void>;
}

export interface IntakeServerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsOptions;
  readonly timeouts: HttpTimeouts;
  readonly connectionsMax: number;
  readonly bodyBytesMax: number;
  readonly heldBodyBytesMax: number;
  readonly waitingRequestsMax: number;
  readonly requestsPerSecondMax: number;
  readonly sources: readonly IntakeSource[];
}

export interface IntakeServerDependencies {
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
}

export interface RunningIntakeServer {
  /** `https://127.0.0.1:8444` */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Of what was recorded; the API server reads the status alone. Source: meta/v1 Status. */
const TAKEN = {
  httpStatus: 200,
  body: '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","code":200}',
};
/** By then the next turn has begun. */
const RETRY_AFTER_SECONDS = 1;
/** What is read by then is recorded; senders repeat the rest. */
const DRAIN_MS = 5000;
const SECOND_MS = 1000;

/** Starts to listen. Throws a `HoldfastError` if certificates or the address cannot be used. */
export async function startIntakeServer(
  options: IntakeServerOptions,
  dependencies: IntakeServerDependencies,
): Promise<RunningIntakeServer> {
  const { tls, timeouts, host, port } = options;
  const certificate = await readFirstCertificate(tls, dependencies);
  const server = createTlsServer({ tls, certificate, timeouts });
  const intake = new IntakeApp(options, dependencies, server);
  try {
    await intake.app.listen({ host, port });
  } catch (cause) {
    await intake.close();
    throw new HoldfastError(
      'server_address_unavailable',
      `Cannot listen on ${host}:${port} (intake): ${String(errorCode(cause))}`,
      { cause },
    );
  }
  const watch = await followTlsFiles(server, tls, dependencies);
  const bound = intake.app.server.address();
  // Port 0 was replaced by a free port.
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port;
  return {
    url: `https://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    close: async () => {
      watch.close();
      await intake.close();
    },
  };
}

/** Why a report is not taken. */
interface Refusal {
  readonly code: ErrorCode;
  /** Shown instead of the meaning of the code. */
  readonly reason?: string | undefined;
}

class IntakeApp {
  readonly app: HttpApp;
  readonly #options: IntakeServerOptions;
  readonly #dependencies: IntakeServerDependencies;
  readonly #clients: Clients;
  readonly #bodies: BodyBudget;
  readonly #received = new WeakMap<IncomingMessage, ReceivedBody>();
  readonly #turns: Semaphore;
  #waiting = 0;
  #secondSinceMs: MonotonicMs;
  #requests = 0;

  constructor(
    options: IntakeServerOptions,
    dependencies: IntakeServerDependencies,
    server: ReturnType<typeof createTlsServer>,
  ) {
    const { metrics, logger, clock } = dependencies;
    const { connectionsMax, heldBodyBytesMax, waitingRequestsMax: waitingMax } = options;
    this.#options = options;
    this.#dependencies = dependencies;
    this.#bodies = new BodyBudget(heldBodyBytesMax);
    this.#turns = new Semaphore({ runningMax: 1, waitingMax });
    this.#secondSinceMs = clock.monotonicMs();
    this.#clients = new Clients({
      connectionsMax,
      strangersMax: strangersShareOf(connectionsMax),
      apiServerAddresses: readAddressRanges([]),
      monotonicMs: clock.monotonicMs,
      onDropped: () => metrics.increment('holdfast_http_connections_dropped_total'),
    });
    const handshakes = followHandshakes(server, {
      clients: this.#clients,
      monotonicMs: clock.monotonicMs,
    });
    this.app = createHttpApp({
      metrics,
      logger,
      createServer: (handle) => server.on('request', handle),
    });
    this.app.addHook('preClose', (done) => {
      handshakes.close();
      done();
    });
    this.#addRoutes();
    metrics.beforeExposition(() => {
      metrics.set('holdfast_intake_waiting', this.#waiting);
    });
  }

  async close(): Promise<void> {
    await closeApp(this.app, { drainMs: DRAIN_MS, inFlight: () => this.#waiting });
  }

  #addRoutes(): void {
    this.app.addContentTypeParser('application/json', ({ raw }, _payload, done) => {
      const { bodyBytesMax } = this.#options;
      const client = this.#clients.of(raw.socket);
      readBody(
        raw,
        { client, budget: this.#bodies, bodyBytesMax },
        {
          received: (body) => {
            this.#received.set(raw, body);
            done(null);
          },
          failed: done,
        },
      );
    });
    for (const source of this.#options.sources) {
      this.app.post(`/${source.name}`, {
        // Before the body is read: who is not authenticated uses no memory.
        onRequest: async ({ raw }, reply) => {
          const refusal = await refuseClient(raw, { ...source, clients: this.#clients });
          if (refusal !== undefined) {
            return this.#refuse(reply, source, { ...refusal, code: 'intake_unauthenticated' });
          }
          if (this.#isTooOften()) return this.#refuse(reply, source, { code: 'intake_overloaded' });
          return undefined;
        },
        handler: async ({ raw }, reply) => {
          const refusal = await this.#receive(raw, source);
          if (refusal !== undefined) return this.#refuse(reply, source, refusal);
          this.#count(source, 'taken');
          return sendAnswer(reply, TAKEN);
        },
      });
    }
  }

  /** Resolves with why the body is not taken. */
  async #receive(request: IncomingMessage, source: IntakeSource): Promise<Refusal | undefined> {
    const body = this.#received.get(request);
    if (body === undefined) return { code: 'intake_unreadable' };
    if (body.kind === 'cut') {
      const isLarge = body.code === 'review_too_large';
      return { code: isLarge ? 'intake_too_large' : 'intake_overloaded' };
    }
    this.#waiting += 1;
    const hasTurn = await this.#turns.acquire(this.#options.timeouts.requestTimeoutMs);
    try {
      if (hasTurn !== 'acquired') return { code: 'intake_overloaded' };
      const query = new URLSearchParams(request.url?.split('?')[1] ?? '');
      await source.receive(body.bytes, query);
      return undefined;
    } catch (fault) {
      if (!(fault instanceof HoldfastError)) throw fault;
      return { code: fault.code, reason: fault.message };
    } finally {
      if (hasTurn === 'acquired') this.#turns.release();
      this.#waiting -= 1;
      body.release();
    }
  }

  #isTooOften(): boolean {
    const nowMs = this.#dependencies.clock.monotonicMs();
    if (nowMs - this.#secondSinceMs >= SECOND_MS) {
      this.#secondSinceMs = nowMs;
      this.#requests = 0;
    }
    this.#requests += 1;
    return this.#requests > this.#options.requestsPerSecondMax;
  }

  #refuse(reply: HttpReply, source: IntakeSource, { code, reason }: Refusal): HttpReply {
    this.#count(source, code);
    const { httpStatus = 500, meaning } = describeError(code);
    if (httpStatus === 429) void reply.header('retry-after', RETRY_AFTER_SECONDS);
    return sendAnswer(reply, respondError(httpStatus, { code, message: reason ?? meaning }));
  }

  #count({ name }: IntakeSource, outcome: string): void {
    this.#dependencies.metrics.increment('holdfast_intake_requests_total', {
      source: name,
      outcome,
    });
  }
}
