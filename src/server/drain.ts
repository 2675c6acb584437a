/** Stops a server without losing a request that it has accepted. */
import type { Server } from 'node:http';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { HttpApp } from './http-app.ts';

export interface CloseOptions {
  /** How long to wait for requests in flight. */
  readonly drainMs: number;
  readonly inFlight: () => number;
}

export interface DrainResult {
  /** Requests that were aborted at the limit. */
  readonly cutOff: number;
}

/** Connections become idle one by one; each would keep the server open for its whole keep-alive time. */
const IDLE_CHECK_MS = 20;

/** Accepts no new connections, answers requests in flight, and aborts the rest at the limit. */
export async function closeApp(
  app: HttpApp,
  { drainMs, inFlight }: CloseOptions,
): Promise<DrainResult> {
  const { server } = app;
  const idleChecks = setInterval(() => {
    void closeIdle(server);
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

/**
 * Closes connections on which nothing was asked. Timers come before sockets in a turn of the event loop: what has arrived while this
 * process did other things is read first, or a request that waits unread would be lost with its connection.
 */
export async function closeIdle(server: Pick<Server, 'closeIdleConnections'>): Promise<void> {
  await setImmediate();
  server.closeIdleConnections();
}
