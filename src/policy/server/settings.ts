/** The section `policies.server`: a server from which bundles come while the process runs. */
import type { z } from 'zod';
import {
  DAY,
  fixedLimit,
  HOUR,
  limit,
  MINUTE,
  SECOND,
  type LimitRows,
} from '../../settings/limit.ts';
import { secretReferenceSchema } from '../../settings/secret-reference.ts';
import { httpTargetSchema, targetTlsSchema } from '../../settings/target-schemas.ts';
import { pathSchema, section } from '../../settings/value-schemas.ts';

/** Rows of the table of limits. */
export const BUNDLE_SERVER_LIMITS = {
  'policies.server.pollMs': {
    default: MINUTE,
    minimum: SECOND,
    maximum: DAY,
    unit: 'milliseconds',
    reason: 'An unchanged bundle costs the server one answer without a body',
    overflow: 'The server is asked again, with up to a tenth more so that replicas spread',
    metric: 'holdfast_policy_bundle_checked_timestamp_seconds',
  },
  'policies.server.timeoutMs': {
    default: 20 * SECOND,
    minimum: SECOND,
    maximum: 5 * MINUTE,
    unit: 'milliseconds',
    reason: 'A bundle of 1 MiB comes in a second, also from another continent',
    overflow: 'The attempt has failed, and is made again later; the last good bundle stays',
    metric: 'holdfast_policy_bundle_fetches_total',
  },
  'bundle.fetchBackoffMs': fixedLimit(SECOND, {
    unit: 'milliseconds',
    reason: 'One failure is mostly a server that restarts',
    overflow: 'Each further failure doubles the wait, half of which is random',
    metric: 'holdfast_policy_bundle_fetches_total',
  }),
  'bundle.fetchBackoffMaxMs': fixedLimit(HOUR / 12, {
    unit: 'milliseconds',
    reason: 'Five minutes: a server that is back is found before anybody looks',
    overflow: 'Attempts do not get rarer, unless the server asks for it (at most an hour)',
    metric: 'holdfast_policy_bundle_fetches_total',
  }),
  'bundle.settleMs': fixedLimit(300, {
    unit: 'milliseconds',
    reason: 'Files of a folder that belong together are written one after the other',
    overflow: 'A bundle that is not whole yet is refused, and read again at the next change',
    metric: 'holdfast_policy_bundle_loads_total',
  }),
  'bundle.fileCheckMs': fixedLimit(15 * SECOND, {
    unit: 'milliseconds',
    reason: 'Events of the file system are faster; not every volume has them',
    overflow: 'A changed file is read that much later',
    metric: 'holdfast_policy_bundle_loads_total',
  }),
} as const satisfies LimitRows;

/** Where bundles come from. Source: the bundle API of Open Policy Agent. */
export const bundleServerSchema = section({
  url: httpTargetSchema.describe(
    'The archive, by the bundle API of OPA: GET with If-None-Match, answered 200 or 304. Redirects are not followed.',
  ),
  token: secretReferenceSchema
    .optional()
    .describe('A bearer token that is shown to the server; read at each use.'),
  tls: targetTlsSchema.prefault({}).describe('Whom to trust, and our client certificate.'),
  folder: pathSchema.describe(
    'Where the last good bundle is kept, for a start without the server. On a volume, it survives a new pod, too.',
  ),
  pollMs: limit(BUNDLE_SERVER_LIMITS['policies.server.pollMs']),
  timeoutMs: limit(BUNDLE_SERVER_LIMITS['policies.server.timeoutMs']),
});

export type BundleServerSettings = z.output<typeof bundleServerSchema>;
