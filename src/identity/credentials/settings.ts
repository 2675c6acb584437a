/** The section about credentials of the control plane, the nodes and the operators. */
import { z } from 'zod';
import { DAY, limit, MINUTE, SECOND, type LimitRows } from '../../settings/limit.ts';
import { namespaceSchema, section, usernameSchema } from '../../settings/value-schemas.ts';

/** Rows of the table of limits. */
export const CREDENTIAL_LIMITS = {
  'identity.credentials.learn.firstMs': {
    default: DAY,
    minimum: 0,
    maximum: 30 * DAY,
    unit: 'milliseconds',
    reason:
      'Every controller, node and operator writes something within a day; whoever attacks in the first one may be learned',
    overflow: 'Whoever is first seen later is unknown until it is accepted',
    metric: 'holdfast_credentials_total',
  },
  'identity.credentials.tokenRequestMs': {
    default: 60 * MINUTE,
    minimum: 0,
    maximum: DAY,
    unit: 'milliseconds',
    reason:
      'A controller may write for the first time at the end of the hour for which its token is good',
    overflow: 'A token first seen later is unknown until it is accepted',
    metric: 'holdfast_credentials_total',
  },
  'identity.credentials.syncMs': {
    default: 5 * SECOND,
    minimum: 100,
    maximum: 5 * MINUTE,
    unit: 'milliseconds',
    reason: 'One read of one Secret for each replica; an accepted credential counts after so long',
    overflow: 'None: it is an interval',
    metric: 'holdfast_credential_syncs_total',
  },
  'identity.credentials.identitiesMax': {
    default: 3000,
    minimum: 100,
    maximum: 5000,
    unit: 'items',
    reason: 'A Secret holds 1 MiB; a node takes about 150 bytes',
    overflow:
      'Identities without a known credential are forgotten first, then those not seen for longest',
    metric: 'holdfast_credential_identities',
  },
} as const satisfies LimitRows;

// The id itself is what an impersonator would have to guess: whoever reads the file could forge it.
/** A credential as a configuration may name it. */
export const hashedIdSchema = z
  .string()
  .regex(
    /^sha256:[0-9a-f]{64}$/u,
    'Expected "sha256:" and the SHA-256 of the credential id in 64 hexadecimal digits, never the id itself',
  );

/** Whether control-plane identities, nodes and operators must show the credentials that they are known by. */
export const credentialsSchema = section({
  mode: z
    .enum(['off', 'observe', 'enforce'])
    .default('enforce')
    .describe(
      'Whether unknown credentials are refused what harms Git’s objects; `observe` records and pages instead.',
    ),
  absent: z
    .enum(['accept', 'refuse'])
    .default('accept')
    .describe(
      'Whether an identity that never showed a credential is believed without one. Clouds and token files show none.',
    ),
  namespace: namespaceSchema
    .default('holdfast-system')
    .describe('The namespace of the Secret in which credentials are kept as hashes.'),
  learn: section({
    firstMs: limit(CREDENTIAL_LIMITS['identity.credentials.learn.firstMs']),
    until: z.iso
      .datetime({ offset: true })
      .optional()
      .describe(
        'Learning is open until this date of RFC 3339, for an upgrade of the control plane.',
      ),
  })
    .prefault({})
    .describe('When the first credential of an identity is learned. Any other one is not.'),
  pinned: z
    .array(
      section({
        username: usernameSchema.describe('The exact username of the identity.'),
        credential: hashedIdSchema.describe(
          '`sha256:` and the SHA-256 of the credential id, in hexadecimal digits.',
        ),
      }),
    )
    .max(1000)
    .readonly()
    .prefault([])
    .describe('Credentials that are known by configuration.'),
  tokenRequestMs: limit(CREDENTIAL_LIMITS['identity.credentials.tokenRequestMs']),
  syncMs: limit(CREDENTIAL_LIMITS['identity.credentials.syncMs']),
  identitiesMax: limit(CREDENTIAL_LIMITS['identity.credentials.identitiesMax']),
});

export type CredentialSettings = z.output<typeof credentialsSchema>;
