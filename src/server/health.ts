/** Liveness and readiness, as text in the form that people know from the API server's own endpoints. */

/** One condition of being ready. */
export interface ReadinessCheck {
  readonly name: string;
  /** The reason why it is not met, or nothing where it is. Must be cheap and must not throw. */
  readonly problem: () => string | undefined;
  /** Told and nothing more: traffic would only go where the same is so. */
  readonly advisory?: boolean;
}

export interface HealthReport {
  readonly httpStatus: 200 | 503;
  readonly text: string;
}

/** `/livez`: that this can be answered is the whole of it. What a restart would not mend belongs to readiness. */
export const LIVE: HealthReport = { httpStatus: 200, text: 'ok\n' };

/** `/readyz`: every check with its result; ready only if all are met that are not advisory. */
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
