/**
 * The dashboard thread: listens, reads the journal and asks the API server who may look, all beside admission. Whatever people load
 * takes nothing from the thread that admits but its share of the processor, which this one yields.
 */
import type { Server } from 'node:http';
import { parentPort } from 'node:worker_threads';
import { SharedSequence } from '../audit/journal/shared-sequence.ts';
import { errorCode } from '../base/error-details.ts';
import { systemClock } from '../base/clock.ts';
import { createAccessReview, createTokenReview } from '../dashboard/access/cluster-reviews.ts';
import { Dashboard } from '../dashboard/dashboard.ts';
import { DASHBOARD_LIMITS, fillReplica, type DashboardSettings } from '../dashboard/settings.ts';
import { HoldfastError } from '../errors.ts';
import { createClusterClient } from '../kubernetes/client/client.ts';
import { createOperationsServer } from '../server/operations-server.ts';
import type { DashboardStart, ListeningDashboard } from './dashboard-messages.ts';
import { serveThread, type ThreadTools, type ThreadWork } from './serve-thread.ts';

/** Reviews that are asked for at a time: the API server must not notice. */
const REVIEWS_MAX = 8;

/** Rejects where there is no cluster to ask who may look, or the address is taken: the thread ends then. */
export async function beginDashboard(
  { configuration, folder, newest, replica }: DashboardStart,
  tools: ThreadTools<ListeningDashboard>,
): Promise<ThreadWork<never>> {
  const { alerts, audit, cluster, kubernetes, limits } = configuration;
  const settings = configuration.dashboard && fillOwnUrl(configuration.dashboard, replica);
  const { metrics, logger, send } = tools;
  const client = await createClusterClient({
    kubeconfigFile: kubernetes.kubeconfigFile,
    connectionsMax: REVIEWS_MAX,
    clock: systemClock,
  });
  if (settings === undefined || client === undefined) {
    throw new HoldfastError(
      'lookup_not_configured',
      'There is no dashboard: no cluster can be asked who may look',
    );
  }
  const reviews = { client, clock: systemClock, metrics };
  const dashboard = new Dashboard(
    {
      settings,
      folder,
      cluster: cluster.name,
      replica,
      sinkNames: audit.sinks.map(({ name }) => name),
      hasAlertTargets: alerts.targets.length > 0,
    },
    {
      newest: new SharedSequence(newest),
      reviewToken: createTokenReview(reviews),
      reviewAccess: createAccessReview(reviews),
      clock: systemClock,
      logger,
      metrics,
    },
  );
  const connectionsMax = DASHBOARD_LIMITS['dashboard.connectionsMax'].default;
  const server = createOperationsServer(limits, { metrics, clock: systemClock, connectionsMax });
  server.on('request', dashboard.handle);
  const stop = async (): Promise<void> => {
    await dashboard.close();
    server.close();
    server.closeAllConnections();
    client.close();
  };
  try {
    const url = await listen(server, settings);
    logger.info('The dashboard listens', { url });
    send({ url });
  } catch (fault) {
    await stop();
    throw fault;
  }
  return {
    beforeReport: () => {
      const { sessions, streams } = dashboard.counts;
      metrics.set('holdfast_dashboard_sessions', sessions);
      metrics.set('holdfast_dashboard_streams', streams);
    },
    problem: () => undefined,
    stop,
  };
}

function fillOwnUrl(settings: DashboardSettings, replica: string): DashboardSettings {
  const { url } = settings;
  return { ...settings, ...(url !== undefined && { url: fillReplica(url, replica) }) };
}

/** Listens, and returns where. */
function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `The dashboard cannot listen on ${host}:${port}: ${String(errorCode(cause))}`;
      reject(new HoldfastError('dashboard_address_unavailable', message, { cause }));
    });
    server.listen({ host, port }, () => {
      const bound = server.address();
      const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`);
    });
  });
}

// Outside of a worker thread, importing this file does nothing.
if (parentPort) serveThread(parentPort, beginDashboard);
