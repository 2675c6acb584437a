/** Requests to Loki's push API, and how the real one answers them. */

export interface LokiPush {
  readonly what: string;
  readonly method?: 'GET' | 'POST';
  readonly path?: string;
  readonly contentType?: string;
  /** The body as text, or its streams; `NOW` stands for the time in nanoseconds. */
  readonly body: string | readonly unknown[];
  readonly status: number;
  readonly says: RegExp;
}

const LABELS = { job: 'holdfast' };
const GOOD = [{ stream: LABELS, values: [['NOW', 'a line']] }];

function stream(labels: unknown, ...values: readonly unknown[]): readonly unknown[] {
  return [{ stream: labels, values }];
}

/** The table. */
export const LOKI_PUSHES: readonly LokiPush[] = [
  { what: 'a push', body: GOOD, status: 204, says: /^$/u },
  {
    what: 'a push that names its character set',
    contentType: 'application/json; charset=utf-8',
    body: GOOD,
    status: 204,
    says: /^$/u,
  },
  {
    what: 'structured metadata',
    body: stream(LABELS, ['NOW', 'a line', { user: 'alice' }]),
    status: 204,
    says: /^$/u,
  },
  { what: 'another path', path: '/api/v1/push', body: GOOD, status: 404, says: /not found/u },
  { what: 'another method', method: 'GET', body: GOOD, status: 405, says: /^$/u },
  {
    what: 'JSON that is called text',
    contentType: 'text/plain',
    body: GOOD,
    status: 400,
    says: /snappy|decod/u,
  },
  { what: 'no JSON', body: 'no', status: 400, says: /./u },
  { what: 'no stream', body: [], status: 422, says: /at least one valid stream/u },
  {
    what: 'a stream without a label',
    body: stream({}, ['NOW', 'a line']),
    status: 400,
    says: /at least one label pair/u,
  },
  {
    what: 'a label with another name',
    body: stream({ 'a-b': 'c' }, ['NOW', 'a line']),
    status: 400,
    says: /./u,
  },
  {
    what: 'a label that is no text',
    body: stream({ job: 1 }, ['NOW', 'a line']),
    status: 400,
    says: /./u,
  },
  {
    what: 'more labels than it takes',
    body: stream(Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`label_${n}`, 'x'])), [
      'NOW',
      'a line',
    ]),
    status: 400,
    says: /16 label names; limit 15/u,
  },
  {
    what: 'a time that is a number',
    body: stream(LABELS, [1, 'a line']),
    status: 400,
    says: /./u,
  },
  {
    what: 'a time in seconds',
    body: stream(LABELS, ['1767600001', 'a line']),
    status: 400,
    says: /too old/u,
  },
  {
    what: 'a time in the future',
    body: stream(LABELS, ['NOW+HOUR', 'a line']),
    status: 400,
    says: /too new/u,
  },
  {
    what: 'a line that is no text',
    body: stream(LABELS, ['NOW', { a: 'line' }]),
    status: 400,
    says: /./u,
  },
  {
    what: 'structured metadata that is no text',
    body: stream(LABELS, ['NOW', 'a line', { user: 1 }]),
    status: 400,
    says: /./u,
  },
  {
    what: 'a line that is too long',
    body: stream(LABELS, ['NOW', 'x'.repeat(256 * 1024 + 1)]),
    status: 400,
    says: /Max entry size '262144' bytes exceeded/u,
  },
];

/** The body of a push that is sent at this time. */
export function pushBody({ body }: LokiPush, nowMs: number): string {
  const text = typeof body === 'string' ? body : JSON.stringify({ streams: body });
  return text
    .replaceAll('NOW+HOUR', `${nowMs + 3_600_000}000000`)
    .replaceAll('NOW', `${nowMs}000000`);
}
