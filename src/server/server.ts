/** The HTTPS server of Holdfast, assembled: routes, limits, health, and a graceful stop. */
import type { Server } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { readAddressRanges } from '../base/address-ranges.ts';
import type { Clock } from '../base/clock.ts';
import type { FilesWatch } from '../base/watch-files.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics, MetricsExposition } from '../telemetry/metrics.ts';
import type { Traces } from '../telemetry/tracing/traces.ts';
import {
  addAdmissionRoutes,
  type AdmissionHandler,
  type AdmissionRoutesOptions,
} from './admission-routes.ts';
import {
  anyClient,
  clientCertificates,
  type ClientAuthenticator,
} from './client-authentication.ts';
import { BodyBudget } from './body-budget.ts';
import { Clients, strangersShareOf } from './clients.ts';
import { closeApp, closeIdle, type DrainResult } from './drain.ts';
import { followHandshakes } from './handshake-turns.ts';
import type { ReadinessCheck } from './operations-routes.ts';
import { createHttpApp, type HttpApp } from './http-app.ts';
import { startLoadShedding, type LoadShedding } from './load-shedding.ts';
import {
  closeOperations,
  createOperationsApps,
  listen,
  listenForOperations,
} from './operations-apps.ts';
import { followReads } from './read-turns.ts';
import { RequestSpans } from './request-spans.ts';
import type { ServerLimits, ServerSettings } from './settings.ts';
import { createTlsServer, followTlsFiles, readFirstCertificate } from './tls-server.ts';
import { createUsualReviews } from './usual-reviews.ts';

export interface ServerOptions extends Pick<ServerSettings, 'host' | 'port'> {
  readonly tls: Pick<ServerSettings['tls'], 'certificateFile' | 'keyFile'> & {
    readonly minimumVersion?: ServerSettings['tls']['minimumVersion'] | undefined;
  };
  /** Absent: every client that reaches the port is accepted. */
  readonly clientAuthentication?: ServerSettings['clientAuthentication'];
  /** A plain HTTP port for metrics, and for health where that has none of its own. */
  readonly metrics?: ServerSettings['metrics'] | undefined;
  /** A plain HTTP port for health. */
  readonly health?: ServerSettings['health'];
  /** @default [] */
  readonly apiServerAddresses?: ServerSettings['apiServerAddresses'];
  readonly limits: Omit<ServerLimits, 'drainDelayMs'>;
}

export interface ServerDependencies {
  readonly admit: AdmissionHandler;
  readonly readinessChecks: readonly ReadinessCheck[];
  readonly metrics: Metrics & MetricsExposition;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Told what is served, in PEM, the leaf first: at the start and after each change. */
  readonly onCertificate?: ((certificatePem: string) => void) | undefined;
  /** Replaces the client certificates of `clientAuthentication`. */
  readonly authenticator?: ClientAuthenticator | undefined;
  /** Absent: requests are not traced. */
  readonly traces?: Pick<Traces, 'receive'> | undefined;
}

export interface DrainOptions {
  /**
   * How long the server accepts requests after it becomes unready, so that load balancers notice before
   * connections are refused. @default 0
   */
  readonly delayMs?: number;
}

export interface RunningServer {
  /** `https://127.0.0.1:8443` */
  readonly url: string;
  /** For example `http://127.0.0.1:8080`, if there is a port for metrics. */
  readonly metricsUrl: string | undefined;
  /** For example `http://127.0.0.1:8081`: that of metrics, where health has no port of its own. */
  readonly healthUrl: string | undefined;
  /**
   * Stops: not ready, then no new connections, then every request in flight is answered or, at the limit,
   * aborted.
   */
  readonly drain: (options?: DrainOptions) => Promise<DrainResult>;
}

/** Starts to listen. Throws a `HoldfastError` if certificates or addresses cannot be used. */
export async function startServer(
  options: ServerOptions,
  dependencies: ServerDependencies,
): Promise<RunningServer> {
  const { limits, clientAuthentication } = options;
  const tls = { ...options.tls, clientCaFile: clientAuthentication?.caFile };
  const certificate = await readFirstCertificate(tls, dependencies);
  const shedding = startLoadShedding(limits);
  const lifecycle: Lifecycle = { draining: false, closing: false };

  const tlsServer = createTlsServer({ tls, certificate, timeouts: limits });
  const app = createWebhookApp(tlsServer, { options, dependencies, shedding, lifecycle });
  const isDraining = () => lifecycle.draining;
  const operations = createOperationsApps(options, { ...dependencies, isDraining });

  async function close(): Promise<DrainResult> {
    lifecycle.closing = true;
    const result = await closeApp(app, { ...limits, inFlight: shedding.inFlight });
    // Last, so that health checks still see "not ready" while requests are answered.
    await closeOperations(operations);
    shedding.close();
    return result;
  }

  try {
    const url = `https://${await listen(app, options)}`;
    const urls = await listenForOperations(operations);
    const watch = await followTlsFiles(tlsServer, tls, dependencies);
    const drain = createDrain({ lifecycle, tlsServer, watch, close });
    return { url, ...urls, drain };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Lifecycle {
  /** Said by readiness; requests are still accepted. */
  draining: boolean;
  /** Each connection is closed behind its answer. */
  closing: boolean;
}

interface WebhookDependencies {
  readonly options: ServerOptions;
  readonly dependencies: ServerDependencies;
  readonly shedding: LoadShedding;
  readonly lifecycle: Lifecycle;
}

/** The application that answers reviews, and nothing else: whoever asks for health or metrics shares nothing with the API server. */
function createWebhookApp(
  server: Server,
  { options, dependencies, shedding, lifecycle }: WebhookDependencies,
): HttpApp {
  const { metrics, logger, clock } = dependencies;
  const { limits, apiServerAddresses = [] } = options;
  const clients = new Clients({
    connectionsMax: limits.connectionsMax,
    strangersMax: strangersShareOf(limits.connectionsMax),
    apiServerAddresses: readAddressRanges(apiServerAddresses),
    monotonicMs: clock.monotonicMs,
    onDropped: () => metrics.increment('holdfast_http_connections_dropped_total'),
  });
  const handshakes = followHandshakes(server, { clients, monotonicMs: clock.monotonicMs });
  const reads = followReads(server, clients);
  const bodies = new BodyBudget(limits.heldBodyBytesMax);
  const spans = dependencies.traces && new RequestSpans(dependencies.traces);
  const routes: AdmissionRoutesOptions = {
    ...dependencies,
    spans,
    shedding,
    clients,
    bodies,
    bodyBytesMax: limits.bodyBytesMax,
    authenticator: dependencies.authenticator ?? authenticatorOf(options),
    requestDeadlineMs: limits.requestDeadlineMs,
  };
  const usualReviews = createUsualReviews({
    ...routes,
    logger,
    isClosing: () => lifecycle.closing,
  });
  const app = createHttpApp({
    metrics,
    logger,
    createServer: (handle) =>
      server.on('request', (request, response) => {
        // Node then says `connection: close`, so that the client sends nothing more on it.
        if (lifecycle.closing) response.shouldKeepAlive = false;
        if (spans !== undefined) spans.open(request, response);
        if (!usualReviews(request, response)) handle(request, response);
      }),
  });
  app.addHook('preClose', (done) => {
    handshakes.close();
    done();
  });
  addAdmissionRoutes(app, routes);
  metrics.beforeExposition(() => {
    metrics.set('holdfast_http_requests_in_flight', shedding.inFlight());
    metrics.set('holdfast_http_connections', clients.connections);
    metrics.set('holdfast_http_handshakes_waiting', handshakes.waiting);
    metrics.set('holdfast_http_reads_waiting', reads.waiting);
    metrics.set('holdfast_http_body_bytes', bodies.bytes);
    metrics.set('holdfast_event_loop_lag_seconds', shedding.eventLoopLagMs() / 1000);
  });
  return app;
}

function authenticatorOf({ clientAuthentication }: ServerOptions): ClientAuthenticator {
  return clientAuthentication ? clientCertificates(clientAuthentication.commonNames) : anyClient;
}

interface DrainDependencies {
  readonly lifecycle: Lifecycle;
  readonly tlsServer: Server;
  readonly watch: FilesWatch;
  readonly close: () => Promise<DrainResult>;
}

/** Two requests to drain share one drain. */
function createDrain(dependencies: DrainDependencies): RunningServer['drain'] {
  const { lifecycle, watch, close } = dependencies;
  let draining: Promise<DrainResult> | undefined;
  return async ({ delayMs = 0 } = {}) => {
    lifecycle.draining = true;
    watch.close();
    draining ??= leaveConnections(delayMs, dependencies).then(close);
    return draining;
  };
}

/**
 * In the first half of the delay, load balancers learn to send nobody here. In the second half the API server, which keeps its
 * connections for as long as it writes, has to dial another replica: each connection is closed behind its next answer, and
 * those that had no request for a quarter of the delay are closed idle. One that is closed idle in the very moment in which a
 * request is sent loses it, because nobody may repeat a POST: so those in use are never closed that way.
 */
async function leaveConnections(
  delayMs: number,
  { lifecycle, tlsServer }: DrainDependencies,
): Promise<void> {
  await setTimeout(delayMs / 2);
  lifecycle.closing = true;
  await setTimeout(delayMs / 4);
  await closeIdle(tlsServer);
  await setTimeout(delayMs / 4);
}
