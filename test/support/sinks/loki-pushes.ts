/** Requests to Loki's push API, and how the real one answers them. */

export interface LokiPush {
  readonly what: string;
  readonly method?: 'GET' | 'POST';
  readonly path?: string;
  readonly contentType?: string;
  /** The body as text, or its streams; `NOW` stands for the time in nanoseconds. */
  readonly body: string | readonly unknown[];
  /** Several where the real one is not always of one mind. */
  readonly statuses: readonly number[];
  readonly says: RegExp;
  /** Labels of the line that it keeps, as far as they are of interest. */
  readonly keeps?: Readonly<Record<string, string>>;
}

const LABELS = { job: 'holdfast' };
const GOOD = [{ stream: LABELS, values: [['NOW', 'a line']] }];

function stream(labels: unknown, ...values: readonly unknown[]): readonly unknown[] {
  return [{ stream: labels, values }];
}

/** The table. */
export const LOKI_PUSHES: readonly LokiPush[] = [
  {
    what: 'a push',
    body: GOOD,
    statuses: [204],
    says: /^$/u,
    keeps: { job: 'holdfast', service_name: 'holdfast' },
  },
  {
    what: 'a push that names its character set',
    contentType: 'application/json; charset=utf-8',
    body: GOOD,
    statuses: [204],
    says: /^$/u,
  },
  {
    what: 'structured metadata',
    body: stream(LABELS, ['NOW', 'a line', { user: 'alice' }]),
    statuses: [204],
    says: /^$/u,
  },
  { what: 'another path', path: '/api/v1/push', body: GOOD, statuses: [404], says: /not found/u },
  {
    what: 'another method',
    method: 'GET',
    body: GOOD,
    // Its router forgets that the path is known if a certain route was added later, and the order differs with each start.
    statuses: [405, 404],
    says: /^$|not found/u,
  },
  {
    what: 'JSON that is called text',
    contentType: 'text/plain',
    body: GOOD,
    statuses: [400],
    says: /snappy|decod/u,
  },
  { what: 'no JSON', body: 'no', statuses: [400], says: /./u },
  { what: 'no stream', body: [], statuses: [422], says: /at least one valid stream/u },
  {
    what: 'a stream without a label',
    body: stream({}, ['NOW', 'a line']),
    statuses: [204],
    says: /^$/u,
  },
  {
    what: 'a label with another name',
    body: stream({ 'a-b': 'c' }, ['NOW', 'a line']),
    statuses: [400],
    says: /parse error/u,
  },
  {
    what: 'a label that is no text',
    body: stream({ ...LABELS, number: 1, object: { a: [true] } }, ['NOW', 'a line']),
    statuses: [204],
    says: /^$/u,
    keeps: { number: '1', object: '{"a":[true]}' },
  },
  {
    what: 'more labels than it takes',
    body: stream(Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`label_${n}`, 'x'])), [
      'NOW',
      'a line',
    ]),
    statuses: [400],
    says: /16 label names; limit 15/u,
  },
  {
    what: 'a time that is a number',
    body: stream(LABELS, [1, 'a line']),
    statuses: [400],
    says: /./u,
  },
  {
    what: 'a time in seconds',
    body: stream(LABELS, ['1767600001', 'a line']),
    statuses: [400],
    says: /too old/u,
  },
  {
    what: 'a time in the future',
    body: stream(LABELS, ['NOW+HOUR', 'a line']),
    statuses: [400],
    says: /too new/u,
  },
  {
    what: 'a line that is no text',
    body: stream(LABELS, ['NOW', { a: 'line' }]),
    statuses: [400],
    says: /./u,
  },
  {
    what: 'structured metadata that is no text',
    body: stream(LABELS, ['NOW', 'a line', { user: 1 }]),
    statuses: [400],
    says: /./u,
  },
  {
    what: 'a line that is too long',
    body: stream(LABELS, ['NOW', 'x'.repeat(256 * 1024 + 1)]),
    statuses: [400],
    says: /^max entry size '262144' bytes exceeded for stream '\{job="holdfast", service_name="holdfast"\}'/u,
  },
];

/** The body of a push that is sent at this time. */
export function pushBody({ body }: LokiPush, nowMs: number): string {
  const text = typeof body === 'string' ? body : JSON.stringify({ streams: body });
  return text
    .replaceAll('NOW+HOUR', `${nowMs + 3_600_000}000000`)
    .replaceAll('NOW', `${nowMs}000000`);
}
