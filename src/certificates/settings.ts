/** The settings section `certificates`: whether Holdfast makes and renews its own certificates. */
import { z } from 'zod';
import { DAY, fixedLimit, KIB, limit, MINUTE, SECOND, type LimitRows } from '../settings/limit.ts';
import { section } from '../settings/value-schemas.ts';

const YEAR = 365 * DAY;

/** Rows of the table of limits. */
export const CERTIFICATE_LIMITS = {
  'certificates.leafLifetimeMs': {
    default: 90 * DAY,
    minimum: 20 * SECOND,
    maximum: 10 * YEAR,
    unit: 'milliseconds',
    reason:
      'A key that leaks is of use for so long; renewed at two thirds, a month is left for repairs',
    overflow: 'A certificate is issued anew when two thirds of it are over',
    metric: 'holdfast_certificate_expiry_timestamp_seconds',
  },
  'certificates.authorityLifetimeMs': {
    default: 2 * YEAR,
    minimum: 20 * SECOND,
    maximum: 10 * YEAR,
    unit: 'milliseconds',
    reason: 'Rotated often enough that it is no rare event, and seldom enough to look at',
    overflow: 'The authority is rotated when two thirds of it are over',
    metric: 'holdfast_certificate_expiry_timestamp_seconds',
  },
  'certificates.overlapMs': {
    default: 30 * MINUTE,
    minimum: 0,
    maximum: 7 * DAY,
    unit: 'milliseconds',
    reason:
      'A rolling update takes minutes: pods of an older version serve under the old authority meanwhile, and no Lease tells of them',
    overflow: 'The old authority is taken out of the registered caBundle',
    metric: 'holdfast_certificate_rotation_steps_total',
  },
  'certificates.settleMs': {
    default: 10 * SECOND,
    minimum: 0,
    maximum: 10 * MINUTE,
    unit: 'milliseconds',
    reason:
      'Each API server learns of a new caBundle by a watch, within a fraction of a second, and nobody can ask it whether it did',
    overflow: 'The certificate of the new authority is issued',
    metric: 'holdfast_certificate_rotation_steps_total',
  },
  'certificates.turnMs': {
    default: SECOND,
    minimum: 100,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason:
      'Reads of four small objects for each replica. Where all is in order and the registration is watched, a fifth as often: at least every 5 s',
    overflow: 'None: it is an interval',
    metric: 'holdfast_certificate_rotation_steps_total',
  },
  'certificates.startMs': {
    default: 50 * SECOND,
    minimum: SECOND,
    maximum: 10 * MINUTE,
    unit: 'milliseconds',
    reason: 'The startup probe of the chart ends a pod after a minute without a reason',
    overflow: 'The process ends and says why (certificates_not_prepared)',
    metric: 'none',
  },
  'certificates.secretEntryBytesMax': fixedLimit(64 * KIB, {
    unit: 'bytes',
    reason: 'A certificate and a key take 2 KiB each',
    overflow: 'The entry counts as damaged, and is made anew',
    metric: 'holdfast_certificate_rotation_steps_total',
  }),
  'certificates.clockSkewMs': fixedLimit(5 * MINUTE, {
    unit: 'milliseconds',
    reason: 'So long before its making a certificate is valid, as the clocks of API servers differ',
    overflow: 'An API server whose clock is further behind does not trust a new certificate yet',
  }),
  'certificates.bundleCertificatesMax': fixedLimit(16, {
    unit: 'items',
    reason: 'A rotation needs two authorities; the API server reads all of them in each handshake',
    overflow: 'Those that are not ours are left out of the registered caBundle',
  }),
} as const satisfies LimitRows;

const namesSchema = z.array(z.string().min(1).max(253)).max(32).readonly().default([]);

/** Whether Holdfast makes its own certificates, how long they live, and how they are rotated. */
export const certificatesSchema = section({
  manage: z
    .boolean()
    .default(false)
    .describe(
      'Make an authority and a certificate, keep them in the Secret `holdfast-certificates`, rotate both, and register the authority. `server.tls` then names files that Holdfast writes.',
    ),
  dnsNames: namesSchema.describe(
    'DNS names of the certificate, besides that of the Service `holdfast` of its namespace.',
  ),
  ipAddresses: namesSchema.describe(
    'IP addresses of the certificate, where the API server calls one.',
  ),
  leafLifetimeMs: limit(CERTIFICATE_LIMITS['certificates.leafLifetimeMs']),
  authorityLifetimeMs: limit(CERTIFICATE_LIMITS['certificates.authorityLifetimeMs']),
  overlapMs: limit(CERTIFICATE_LIMITS['certificates.overlapMs']),
  settleMs: limit(CERTIFICATE_LIMITS['certificates.settleMs']),
  turnMs: limit(CERTIFICATE_LIMITS['certificates.turnMs']),
  startMs: limit(CERTIFICATE_LIMITS['certificates.startMs']),
});

export type CertificatesSettings = z.output<typeof certificatesSchema>;
