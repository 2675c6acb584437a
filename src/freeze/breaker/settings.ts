/** The settings `freeze.breakers` and `freeze.prometheus`: when deployments are halted by what Prometheus measures. */
import { z } from 'zod';
import { fixedLimit, KIB, limit, MINUTE, SECOND, type LimitRows } from '../../settings/limit.ts';
import { secretReferenceSchema } from '../../settings/secret-reference.ts';
import { targetTlsSchema } from '../../settings/target-schemas.ts';
import { nameSchema, section } from '../../settings/value-schemas.ts';
import { scopeShape } from '../scope-shape.ts';

const METRIC = 'holdfast_breaker_samples_total';

const SAMPLES = {
  minimum: 1,
  maximum: 1000,
  unit: 'items',
  metric: 'holdfast_breaker_state',
} as const;

/** Rows of the table of limits. */
export const BREAKER_LIMITS = {
  'freeze.prometheus.sampleMs': {
    default: 15 * SECOND,
    minimum: SECOND,
    maximum: 5 * MINUTE,
    unit: 'milliseconds',
    reason: 'Prometheus itself looks every 15 to 60 seconds',
    overflow: 'The next samples are taken',
    metric: METRIC,
  },
  'freeze.prometheus.timeoutMs': {
    default: 5 * SECOND,
    minimum: 100,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'A query about minutes takes milliseconds',
    overflow: 'The sample is lost',
    metric: METRIC,
  },
  'freeze.breakers.openSamples': {
    ...SAMPLES,
    default: 3,
    reason: 'One bad sample is mostly a pod that restarts',
    overflow: 'The circuit breaker opens',
  },
  'freeze.breakers.halfOpenSamples': {
    ...SAMPLES,
    default: 4,
    reason: 'A minute of good samples',
    overflow: 'Deployments pass again, and one bad sample halts them',
  },
  'freeze.breakers.closeSamples': {
    ...SAMPLES,
    default: 20,
    reason: 'Five minutes of good samples, in which a bad deployment shows',
    overflow: 'The circuit breaker closes',
  },
  'freeze.breakers.lostSamples': {
    ...SAMPLES,
    default: 4,
    reason: 'A Prometheus that restarts is back within a minute',
    overflow: 'What `onLost` says holds until there is an answer',
    metric: METRIC,
  },
  'breaker.answerBytesMax': fixedLimit(256 * KIB, {
    unit: 'bytes',
    reason: 'A query is for one number; a thousand series take less',
    overflow: 'The sample is lost',
    metric: METRIC,
  }),
  'breaker.queriesAtOnce': fixedLimit(4, {
    unit: 'items',
    reason: 'Prometheus runs twenty queries at once, for everybody',
    overflow: 'Further ones wait for these',
  }),
} as const satisfies LimitRows;

const SERVICE = /^[a-z0-9-]+\.[a-z0-9-]+\.svc(?:\.[a-z0-9.-]+)?$/u;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u;

const urlSchema = z
  .string()
  .max(2048)
  .refine((text) => URL.canParse(text), { error: 'Expected a URL', abort: true })
  .refine((text) => !hasMore(new URL(text)), {
    // The message must not repeat the value.
    error: 'Expected a URL without a user, password, query or fragment',
    abort: true,
  })
  .refine((text) => isProtected(new URL(text)), {
    error:
      'Expected an https URL; http is for this machine and for Services of this cluster, as http://prometheus.monitoring.svc:9090',
  });

/** Whom circuit breakers ask. */
export const prometheusSchema = section({
  url: urlSchema.describe(
    'The address of Prometheus, or of what answers its HTTP API. Redirects are not followed.',
  ),
  token: secretReferenceSchema
    .optional()
    .describe('A bearer token that is shown to Prometheus; read at each use.'),
  tls: targetTlsSchema.prefault({}).describe('Whom to trust, and our client certificate.'),
  sampleMs: limit(BREAKER_LIMITS['freeze.prometheus.sampleMs']),
  timeoutMs: limit(BREAKER_LIMITS['freeze.prometheus.timeoutMs']),
});

/** One circuit breaker. */
export const breakerSchema = section({
  name: nameSchema
    .regex(/^[a-z0-9-]+$/u, 'Expected lower case letters, digits and "-"')
    .max(50)
    .describe('The name of the circuit breaker; its `Freeze` object is called `breaker-NAME`.'),
  query: z
    .string()
    .min(1)
    .max(10_000)
    .describe('PromQL that gives one number; of several series the largest counts.'),
  openAbove: z.number().describe('Deployments are halted above this value.'),
  closeBelow: z
    .number()
    .describe('They go on at this value or below; between both nothing changes.'),
  openSamples: limit(BREAKER_LIMITS['freeze.breakers.openSamples']),
  halfOpenSamples: limit(BREAKER_LIMITS['freeze.breakers.halfOpenSamples']),
  closeSamples: limit(BREAKER_LIMITS['freeze.breakers.closeSamples']),
  lostSamples: limit(BREAKER_LIMITS['freeze.breakers.lostSamples']),
  onLost: z
    .enum(['keep', 'open', 'closed'])
    .default('keep')
    .describe(
      'What holds while Prometheus gives no number: what held before (`keep`), deployments are halted (`open`), or they pass (`closed`).',
    ),
  ...scopeShape,
}).refine(({ openAbove, closeBelow }) => closeBelow <= openAbove, {
  error: 'Expected at most the value of "openAbove"',
  path: ['closeBelow'],
});

export type PrometheusSettings = z.output<typeof prometheusSchema>;
export type BreakerSettings = z.output<typeof breakerSchema>;

function hasMore({ username, password, hash, search }: URL): boolean {
  return `${username}${password}${hash}${search}` !== '';
}

function isProtected({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'https:' ||
    (protocol === 'http:' && (LOOPBACK.test(hostname) || SERVICE.test(hostname)))
  );
}
