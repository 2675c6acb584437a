/** `/livez`, `/readyz` and `/metrics`. Health is text in the form of the API server's own endpoints. */
import type { MetricsExposition } from '../telemetry/metrics.ts';
import type { HttpApp, HttpReply } from './http-app.ts';

export interface OperationsRoutesOptions {
  readonly exposition: MetricsExposition;
  readonly readinessChecks: readonly ReadinessCheck[];
}

/** Adds the routes of the kubelet to an application. They are answered while requests are shed. */
export function addHealthRoutes(
  app: HttpApp,
  { readinessChecks }: Pick<OperationsRoutesOptions, 'readinessChecks'>,
): void {
  app.get('/livez', (_request, reply) => sendReport(reply, LIVE));
  app.get('/readyz', (_request, reply) => sendReport(reply, formatReadiness(readinessChecks)));
}

/** Adds the route of Prometheus to an application. */
export function addMetricsRoute(
  app: HttpApp,
  { exposition }: Pick<OperationsRoutesOptions, 'exposition'>,
): void {
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

/** One condition of being ready. */
export interface ReadinessCheck {
  readonly name: string;
  /** The reason why it is not met, or nothing if it is. Must be cheap and must not throw. */
  readonly problem: () => string | undefined;
  /** Shown, but never makes the pod unready: the other replicas would be affected in the same way. */
  readonly advisory?: boolean;
}

export interface HealthReport {
  readonly httpStatus: 200 | 503;
  readonly text: string;
}

/** `/livez`: an answer is the whole check. Conditions that a restart would not fix belong to readiness. */
export const LIVE: HealthReport = { httpStatus: 200, text: 'ok\n' };

/** `/readyz`: every check with its result; ready only if all non-advisory checks are met. */
export function formatReadiness(checks: readonly ReadinessCheck[]): HealthReport {
  const results = checks.map((check) => ({ ...check, problem: check.problem() }));
  const ready = results.every(({ problem, advisory }) => problem === undefined || advisory);
  const lines = results.map(({ name, problem, advisory = false }) => {
    if (problem === undefined) return `[+]${name} ok`;
    return advisory ? `[!]${name} needs somebody: ${problem}` : `[-]${name} failed: ${problem}`;
  });
  return {
    httpStatus: ready ? 200 : 503,
    text: `${[...lines, ready ? 'readyz check passed' : 'readyz check failed'].join('\n')}\n`,
  };
}
