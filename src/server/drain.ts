/** Stops a server without losing a request that it has accepted. */
import { setTimeout } from 'node:timers/promises';
import type { HttpApp } from './http-app.ts';

export interface CloseOptions {
  /** How long requests in flight are waited for. */
  readonly drainMs: number;
  readonly inFlight: () => number;
}

export interface DrainResult {
  /** Requests that were cut off at the limit. */
  readonly cutOff: number;
}

/** Connections become idle one by one, and an idle one would hold the server for its whole keep-alive time. */
const IDLE_CHECK_MS = 20;

/** Takes no new connections, answers what is in flight, and cuts off what is left at the limit. */
export async function closeApp(
  app: HttpApp,
  { drainMs, inFlight }: CloseOptions,
): Promise<DrainResult> {
  const { server } = app;
  const idleChecks = setInterval(() => {
    server.closeIdleConnections();
  }, IDLE_CHECK_MS);
  const limit = new AbortController();
  const closed = app.close().then(() => 'closed' as const);
  const late = setTimeout(drainMs, 'late' as const, { signal: limit.signal }).catch(
    () => 'closed' as const,
  );
  const outcome = await Promise.race([closed, late]);
  const cutOff = outcome === 'late' ? inFlight() : 0;
  limit.abort();
  server.closeAllConnections();
  await closed;
  clearInterval(idleChecks);
  return { cutOff };
}
