/** A plain HTTP server for health, metrics or the dashboard, with connections of its own. */
import { createServer, type Server } from 'node:http';
import { readAddressRanges } from '../base/address-ranges.ts';
import type { Clock } from '../base/clock.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { Clients } from './clients.ts';
import { SERVER_LIMITS, type ServerLimits } from './settings.ts';

const CONNECTIONS_MAX = SERVER_LIMITS['limits.operationsConnectionsMax'].default;

/** Creates the server; it does not listen yet. The kubelet opens a connection for each probe, and a new one always finds room. */
export function createOperationsServer(
  { headerTimeoutMs, requestTimeoutMs }: Pick<ServerLimits, 'headerTimeoutMs' | 'requestTimeoutMs'>,
  {
    metrics,
    clock,
    connectionsMax = CONNECTIONS_MAX,
  }: {
    readonly metrics: Metrics;
    readonly clock: Clock;
    /** @default limits.operationsConnectionsMax */
    readonly connectionsMax?: number | undefined;
  },
): Server {
  const server = createServer({
    headersTimeout: headerTimeoutMs,
    requestTimeout: requestTimeoutMs,
  });
  new Clients({
    connectionsMax,
    strangersMax: connectionsMax,
    // Nobody is asked who they are here, and nobody's connections are worth more.
    apiServerAddresses: readAddressRanges([]),
    monotonicMs: clock.monotonicMs,
    onDropped: () => metrics.increment('holdfast_http_connections_dropped_total'),
  }).follow(server);
  return server;
}
