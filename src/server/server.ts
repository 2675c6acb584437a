/** The HTTPS server of Holdfast, assembled: routes, limits, health, and a graceful stop. */
import { createServer as createPlainServer, type Server } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import { errorCode } from '../base/error-details.ts';
import type { FilesWatch } from '../base/watch-files.ts';
import { HoldfastError } from '../errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics, MetricsExposition } from '../telemetry/metrics.ts';
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
import { closeApp, type DrainResult } from './drain.ts';
import type { ReadinessCheck } from './operations-routes.ts';
import { createHttpApp, type HttpApp } from './http-app.ts';
import { startLoadShedding, type LoadShedding } from './load-shedding.ts';
import { addOperationsRoutes } from './operations-routes.ts';
import type { ServerLimits, ServerSettings } from './settings.ts';
import { createTlsServer, followTlsFiles, readFirstCertificate } from './tls-server.ts';
import { createUsualReviews, type UsualReviews } from './usual-reviews.ts';

export interface ServerOptions extends Pick<ServerSettings, 'host' | 'port'> {
  readonly tls: Pick<ServerSettings['tls'], 'certificateFile' | 'keyFile'> & {
    readonly minimumVersion?: ServerSettings['tls']['minimumVersion'] | undefined;
  };
  /** Absent: every client that reaches the port is accepted. */
  readonly clientAuthentication?: ServerSettings['clientAuthentication'];
  /** A plain HTTP port for health and metrics only. */
  readonly metrics?: ServerSettings['metrics'] | undefined;
  readonly limits: Omit<ServerLimits, 'drainDelayMs'>;
}

export interface ServerDependencies {
  readonly admit: AdmissionHandler;
  readonly readinessChecks: readonly ReadinessCheck[];
  readonly metrics: Metrics & MetricsExposition;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Replaces the client certificates of `clientAuthentication`. */
  readonly authenticator?: ClientAuthenticator | undefined;
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
  const { limits, clientAuthentication, metrics: metricsAddress } = options;
  const tls = { ...options.tls, clientCaFile: clientAuthentication?.caFile };
  const certificate = await readFirstCertificate(tls, dependencies);
  const shedding = startLoadShedding(limits);
  const lifecycle: Lifecycle = { draining: false, closing: false };

  const tlsServer = createTlsServer({ tls, certificate, timeouts: limits });
  const routes: AdmissionRoutesOptions = {
    ...dependencies,
    shedding,
    authenticator: dependencies.authenticator ?? authenticatorOf(options),
    requestDeadlineMs: limits.requestDeadlineMs,
  };
  const usualReviews = createUsualReviews({
    ...routes,
    logger: dependencies.logger,
    bodyBytesMax: limits.bodyBytesMax,
    isClosing: () => lifecycle.closing,
  });
  const app = createApp(tlsServer, lifecycle, { options, dependencies, usualReviews });
  addAdmissionRoutes(app, routes);
  const metricsApp =
    metricsAddress && createApp(createMetricsServer(limits), lifecycle, { options, dependencies });
  publishLoad(shedding, tlsServer, dependencies.metrics);

  async function close(): Promise<DrainResult> {
    lifecycle.closing = true;
    const result = await closeApp(app, { ...limits, inFlight: shedding.inFlight });
    // Last, so that health checks still see "not ready" while requests are answered.
    if (metricsApp) await closeApp(metricsApp, { drainMs: 0, inFlight: () => 0 });
    shedding.close();
    return result;
  }

  try {
    const url = `https://${await listen(app, options)}`;
    const metricsUrl =
      metricsApp && metricsAddress && `http://${await listen(metricsApp, metricsAddress)}`;
    const watch = await followTlsFiles(tlsServer, tls, dependencies);
    return { url, metricsUrl, drain: createDrain({ lifecycle, tlsServer, watch, close }) };
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

/** An application with the routes of both ports. */
function createApp(
  server: Server,
  lifecycle: Lifecycle,
  {
    options,
    dependencies,
    usualReviews = () => false,
  }: {
    readonly options: ServerOptions;
    readonly dependencies: ServerDependencies;
    readonly usualReviews?: UsualReviews;
  },
): HttpApp {
  const { metrics, logger, readinessChecks } = dependencies;
  const app = createHttpApp({
    metrics,
    logger,
    bodyBytesMax: options.limits.bodyBytesMax,
    createServer: (handle) =>
      server.on('request', (request, response) => {
        // Node then says `connection: close`, so that the client sends nothing more on it.
        if (lifecycle.closing) response.shouldKeepAlive = false;
        if (!usualReviews(request, response)) handle(request, response);
      }),
  });
  const shutdown: ReadinessCheck = {
    name: 'shutdown',
    problem: () => (lifecycle.draining ? 'the server is stopping' : undefined),
  };
  addOperationsRoutes(app, {
    exposition: metrics,
    readinessChecks: [...readinessChecks, shutdown],
  });
  return app;
}

function createMetricsServer({
  headerTimeoutMs,
  requestTimeoutMs,
}: Pick<ServerLimits, 'headerTimeoutMs' | 'requestTimeoutMs'>): Server {
  return createPlainServer({ headersTimeout: headerTimeoutMs, requestTimeout: requestTimeoutMs });
}

function authenticatorOf({ clientAuthentication }: ServerOptions): ClientAuthenticator {
  return clientAuthentication ? clientCertificates(clientAuthentication.commonNames) : anyClient;
}

function publishLoad(shedding: LoadShedding, server: Server, metrics: Metrics): void {
  server.on('drop', () => metrics.increment('holdfast_http_connections_dropped_total'));
  metrics.beforeExposition(() => {
    metrics.set('holdfast_http_requests_in_flight', shedding.inFlight());
    metrics.set('holdfast_event_loop_lag_seconds', shedding.eventLoopLagMs() / 1000);
  });
}

/** Listens, and returns the address as a URL. */
async function listen(
  app: HttpApp,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    await app.listen({ host, port });
    const bound = app.server.address();
    // Port 0 was replaced by a free port.
    const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port;
    return `${host.includes(':') ? `[${host}]` : host}:${boundPort}`;
  } catch (cause) {
    const code = errorCode(cause);
    throw new HoldfastError(
      'server_address_unavailable',
      `Cannot listen on ${host}:${port}: ${String(code)}`,
      { cause },
    );
  }
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
  tlsServer.closeIdleConnections();
  await setTimeout(delayMs / 4);
}
