/** What the people and machines that run Holdfast read: `/livez`, `/readyz` and `/metrics`. */
import type { MetricsExposition } from '../telemetry/metrics.ts';
import { formatReadiness, LIVE, type HealthReport, type ReadinessCheck } from './health.ts';
import type { HttpApp, HttpReply } from './http-app.ts';

export interface OperationsRoutesOptions {
  readonly exposition: MetricsExposition;
  readonly readinessChecks: readonly ReadinessCheck[];
}

/** Adds the three routes to the application. They are answered while requests are shed. */
export function addOperationsRoutes(
  app: HttpApp,
  { exposition, readinessChecks }: OperationsRoutesOptions,
): void {
  app.get('/livez', (_request, reply) => sendReport(reply, LIVE));
  app.get('/readyz', (_request, reply) => sendReport(reply, formatReadiness(readinessChecks)));
  app.get('/metrics', async (_request, reply) => {
    const text = await exposition.text();
    return reply.header('content-type', exposition.contentType).send(text);
  });
}

function sendReport(reply: HttpReply, { httpStatus, text }: HealthReport): HttpReply {
  return reply
    .code(httpStatus)
    .header('content-type', 'text/plain; charset=utf-8')
    .header('x-content-type-options', 'nosniff')
    .send(text);
}
