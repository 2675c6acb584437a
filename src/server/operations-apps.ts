/** The plain ports for metrics and health: beside the webhook, or alone in a process that has no other port. */
import type { Clock } from '../base/clock.ts';
import { errorCode } from '../base/error-details.ts';
import { HoldfastError } from '../errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics, MetricsExposition } from '../telemetry/metrics.ts';
import { closeApp } from './drain.ts';
import { createHttpApp, type HttpApp } from './http-app.ts';
import { addHealthRoutes, addMetricsRoute, type ReadinessCheck } from './operations-routes.ts';
import { createOperationsServer } from './operations-server.ts';
import type { ServerLimits, ServerSettings } from './settings.ts';

export interface OperationsOptions {
  readonly metrics?: ServerSettings['metrics'] | undefined;
  readonly health?: ServerSettings['health'];
  readonly limits: Pick<ServerLimits, 'headerTimeoutMs' | 'requestTimeoutMs'>;
}

export interface OperationsDependencies {
  readonly readinessChecks: readonly ReadinessCheck[];
  readonly metrics: Metrics & MetricsExposition;
  readonly logger: Logger;
  readonly clock: Clock;
  /** @default never */
  readonly isDraining?: (() => boolean) | undefined;
}

/** Of the ports that listen. */
export interface OperationsUrls {
  /** For example `http://127.0.0.1:8080`, if there is a port for metrics. */
  readonly metricsUrl: string | undefined;
  /** For example `http://127.0.0.1:8081`: that of metrics, where health has no port of its own. */
  readonly healthUrl: string | undefined;
}

/** Listens on the ports alone. Throws `server_address_unavailable`. */
export async function startOperations(
  options: OperationsOptions,
  dependencies: OperationsDependencies,
): Promise<OperationsUrls & { readonly close: () => Promise<void> }> {
  const apps = createOperationsApps(options, dependencies);
  const close = () => closeOperations(apps);
  try {
    return { ...(await listenForOperations(apps)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

type OperationsName = 'metrics' | 'health';

/** What listens on one port. */
export interface OperationsApp {
  readonly name: OperationsName;
  readonly app: HttpApp;
  readonly address: ServerSettings['metrics'];
}

/** One application for each plain port, with connections of its own. They do not listen yet. */
export function createOperationsApps(
  { metrics: metricsAddress, health: healthAddress, limits }: OperationsOptions,
  dependencies: OperationsDependencies,
): readonly OperationsApp[] {
  const { metrics, logger, clock, isDraining = () => false } = dependencies;
  const shutdown: ReadinessCheck = {
    name: 'shutdown',
    problem: () => (isDraining() ? 'the server is stopping' : undefined),
  };
  const readinessChecks = [...dependencies.readinessChecks, shutdown];
  const create = (): HttpApp =>
    createHttpApp({
      metrics,
      logger,
      createServer: (handle) => {
        const server = createOperationsServer(limits, { metrics, clock });
        return server.on('request', handle);
      },
    });
  const apps: OperationsApp[] = [];
  if (metricsAddress !== undefined) {
    const app = create();
    addMetricsRoute(app, { exposition: metrics });
    if (healthAddress === undefined) addHealthRoutes(app, { readinessChecks });
    apps.push({ name: 'metrics', app, address: metricsAddress });
  }
  if (healthAddress !== undefined) {
    const app = create();
    addHealthRoutes(app, { readinessChecks });
    apps.push({ name: 'health', app, address: healthAddress });
  }
  return apps;
}

/** Throws `server_address_unavailable`. */
export async function listenForOperations(apps: readonly OperationsApp[]): Promise<OperationsUrls> {
  const urls: Partial<Record<OperationsName, string>> = {};
  for (const { name, app, address } of apps) urls[name] = `http://${await listen(app, address)}`;
  return { metricsUrl: urls.metrics, healthUrl: urls.health ?? urls.metrics };
}

/** Nobody waits for an answer that takes longer than the closing. */
export async function closeOperations(apps: readonly OperationsApp[]): Promise<void> {
  for (const { app } of apps) await closeApp(app, { drainMs: 0, inFlight: () => 0 });
}

/** Listens, and returns the address as a URL. */
export async function listen(
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
