/** Liveness and readiness, as text in the form that people know from the API server's own endpoints. */

/** One condition of being ready. */
export interface ReadinessCheck {
  readonly name: string;
  /** The reason why it is not met, or nothing where it is. Must be cheap and must not throw. */
  readonly problem: () => string | undefined;
}

export interface HealthReport {
  readonly httpStatus: 200 | 503;
  readonly text: string;
}

/** `/livez`: that this can be answered is the whole of it. What a restart would not mend belongs to readiness. */
export const LIVE: HealthReport = { httpStatus: 200, text: 'ok\n' };

/** `/readyz`: every check with its result; ready only if all are met. */
export function formatReadiness(checks: readonly ReadinessCheck[]): HealthReport {
  const results = checks.map(({ name, problem }) => ({ name, problem: problem() }));
  const ready = results.every(({ problem }) => problem === undefined);
  const lines = results.map(({ name, problem }) =>
    problem === undefined ? `[+]${name} ok` : `[-]${name} failed: ${problem}`,
  );
  return {
    httpStatus: ready ? 200 : 503,
    text: `${[...lines, ready ? 'readyz check passed' : 'readyz check failed'].join('\n')}\n`,
  };
}
