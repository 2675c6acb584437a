/**
 * The settings sections `policies` and `engine`: which policies are evaluated, their modes, and the limits of
 * evaluation.
 */
import { z } from 'zod';
import { KIB, MINUTE, SECOND, fixedLimit, limit, type LimitRows } from '../settings/limit.ts';
import { namespacePatternSchema, pathSchema, section } from '../settings/value-schemas.ts';
import { capabilitiesSchema } from './capabilities/settings.ts';
import { namespaceSelectorSchema } from './namespace-selector.ts';
import { bundleRegistrySchema } from './registry/settings.ts';
import { bundleServerSchema } from './server/settings.ts';

/** Rows of the table of limits. */
export const ENGINE_LIMITS = {
  'engine.workers': {
    default: 1,
    minimum: 1,
    maximum: 64,
    unit: 'items',
    reason:
      'One evaluates twice what the admission thread can answer, and a warm spare takes over from a policy that never ends',
    overflow: 'Evaluations wait in the queue',
    metric: 'holdfast_engine_queue_length',
  },
  'engine.memoryPagesMax': {
    default: 1024,
    minimum: 64,
    maximum: 16_384,
    unit: 'pages',
    reason: 'A page has 64 KiB: 64 MiB are several times the memory of the largest review',
    overflow: 'The evaluation fails: its policies are unavailable',
    metric: 'holdfast_engine_failures_total',
  },
  'engine.queueLengthMax': {
    default: 256,
    minimum: 1,
    maximum: 100_000,
    unit: 'items',
    reason:
      'An evaluation that waits longer than the deadline is useless; a short queue fails early',
    overflow: 'The policies are unavailable with policy_queue_full',
    metric: 'holdfast_engine_queue_length',
  },
  'engine.inlineFuel': fixedLimit(200_000, {
    unit: 'items',
    reason:
      'Turns of loops and calls of functions: more than three times what the largest recorded review takes, enough for engine.inlineInputBytesMax, and at most 1.5 ms of the admission thread',
    overflow: 'A worker evaluates the policies, and for a while what is more than half as large',
    metric: 'holdfast_engine_inline_fallbacks_total',
  }),
  'engine.inlineHoldMs': fixedLimit(10 * MINUTE, {
    unit: 'milliseconds',
    reason:
      'Most failures come from the size of one request; a policy that never ends costs some milliseconds in that time',
    overflow: 'Inputs of every size are evaluated on the admission thread again',
    metric: 'holdfast_engine_inline_fallbacks_total',
  }),
  'engine.inlineInputBytesMax': fixedLimit(32 * KIB, {
    unit: 'bytes',
    reason: 'To parse more would use up the fuel; most reviews have a few KiB',
    overflow: 'A worker evaluates the policies',
    metric: 'holdfast_engine_evaluations_total',
  }),
  'engine.inlineMemoryPagesMax': fixedLimit(64, {
    unit: 'pages',
    reason: 'An instance may keep 4 MiB: four times what the largest recorded review takes',
    overflow: 'A worker evaluates the policies, and for a while what is more than half as large',
    metric: 'holdfast_engine_inline_fallbacks_total',
  }),
  'engine.deadlineMs': {
    default: SECOND,
    minimum: 10,
    maximum: 20 * SECOND,
    unit: 'milliseconds',
    reason: 'An evaluation takes well under a millisecond; a second means an endless loop',
    overflow: 'The worker is ended and replaced; the policies are evaluated one by one',
    metric: 'holdfast_engine_kills_total',
  },
  'engine.quarantineAfterKills': {
    default: 3,
    minimum: 1,
    maximum: 1000,
    unit: 'items',
    reason: 'Once may be a busy machine, three times is the policy',
    overflow:
      'The policy is not evaluated for engine.quarantineMs for that user, kind and namespace, and meets its failure mode',
    metric: 'holdfast_engine_quarantined',
  },
  'engine.quarantineAfterParties': fixedLimit(3, {
    unit: 'items',
    reason:
      'Users, service accounts of one namespace counting once, and as many namespaces: one attacker has neither',
    overflow:
      'A policy that has finished for nobody within engine.quarantineWindowMs is in quarantine for everybody',
    metric: 'holdfast_engine_quarantined',
  }),
  'engine.quarantineCausesMax': fixedLimit(1000, {
    unit: 'items',
    reason:
      'Of each policy: users, kinds and namespaces; far more than kill workers within a minute',
    overflow: 'The one that was quiet longest is forgotten',
    metric: 'holdfast_engine_quarantined',
  }),
  'engine.quarantineWindowMs': fixedLimit(MINUTE, {
    unit: 'milliseconds',
    reason: 'Kills further apart than this have different causes',
    overflow: 'An earlier kill no longer counts towards engine.quarantineAfterKills',
    metric: 'holdfast_engine_kills_total',
  }),
  'engine.quarantineMs': {
    default: MINUTE,
    minimum: SECOND,
    maximum: 24 * 60 * MINUTE,
    unit: 'milliseconds',
    reason: 'Long enough for other requests to recover, short enough to forgive',
    overflow: 'The policy is tried again',
    metric: 'holdfast_engine_quarantined',
  },
} as const satisfies LimitRows;

/** A policy of a folder of Rego, or a constraint of Gatekeeper: its template, a slash and its name, as the API server allows them. */
export const POLICY_NAME =
  /^(?:[a-z][a-z0-9_]{0,62}|[a-z0-9][-a-z0-9]{0,62}\/[a-z0-9][-a-z0-9.]{0,62})$/u;

/** The mode of a policy. */
export const modeSchema = z.enum(['enforce', 'warn', 'audit', 'off']);

/** The failure mode of a policy. */
export const failureSchema = z.enum(['deny', 'allow', 'warn']);

/** The mode of a policy by namespace: a name, or a prefix with `*`. */
const namespaceModesSchema = z.record(namespacePatternSchema, modeSchema).readonly();

/** Each request walks them in their order; more than a few dozen nobody can follow. */
const OVERRIDES_MAX = 100;

const namespacesSchema = z
  .array(namespacePatternSchema)
  .min(1)
  .max(1000)
  .readonly()
  .optional()
  .describe('Namespaces, or beginnings of them with `*`; one of them is enough.');

const selectorSchema = namespaceSelectorSchema
  .optional()
  .describe(
    'Labels of the namespace, as in a LabelSelector of Kubernetes. Beside `namespaces` both must hold.',
  );

const selectsNamespaces = [
  (override: { readonly namespaces?: unknown; readonly namespaceSelector?: unknown }): boolean =>
    override.namespaces !== undefined || override.namespaceSelector !== undefined,
  { error: 'Expected "namespaces", "namespaceSelector", or both: this selects nothing' },
] as const;

/** A mode of every policy, where the namespace is one of these. */
const overrideSchema = section({
  namespaces: namespacesSchema,
  namespaceSelector: selectorSchema,
  mode: modeSchema.describe('The mode of every policy there.'),
}).refine(...selectsNamespaces);

const policyOverrideSchema = section({
  namespaces: namespacesSchema,
  namespaceSelector: selectorSchema,
  mode: modeSchema.optional().describe('The mode of this policy there.'),
  parameters: z
    .record(z.string(), z.unknown())
    .readonly()
    .optional()
    .describe('Parameters of this policy there; each replaces the value that it has elsewhere.'),
})
  .refine(...selectsNamespaces)
  .refine(({ mode, parameters }) => mode !== undefined || parameters !== undefined, {
    error: 'Expected "mode", "parameters", or both: this changes nothing',
  });

const policySettingsSchema = section({
  mode: modeSchema.optional().describe('The mode of this policy.'),
  namespaces: namespaceModesSchema
    .prefault({})
    .describe('The mode of this policy in some namespaces. The most exact name decides.'),
  overrides: z
    .array(policyOverrideSchema)
    .max(OVERRIDES_MAX)
    .readonly()
    .prefault([])
    .describe(
      'Mode and parameters of this policy by namespace and by its labels. The first that matches and names a value decides about it.',
    ),
  failure: failureSchema
    .optional()
    .describe('What happens to a request when this policy cannot be evaluated.'),
  deadlineMs: z
    .int()
    .min(1)
    .max(ENGINE_LIMITS['engine.deadlineMs'].maximum)
    .optional()
    .describe(
      'The deadline of this policy, in milliseconds. `limits.requestDeadlineMs` bounds it.',
    ),
  parameters: z
    .record(z.string(), z.unknown())
    .readonly()
    .prefault({})
    .describe('What the policy reads as `input.parameters`; its README lists them.'),
});

/** Keys that are replaced need some time beside their successors; each costs a verification for every bundle. */
const KEYS_MAX = 8;

const bundleKeySchema = section({
  file: pathSchema.describe(
    'A public key: PEM or JSON web key, of Ed25519, P-256 or RSA with 2048 bits or more.',
  ),
  scope: z
    .string()
    .max(253)
    .default('')
    .describe(
      'What the key may sign: the signature must name the same. Absent: signatures that name none.',
    ),
});

/** The policies and their modes. */
export const policiesSchema = z
  .strictObject({
    bundle: pathSchema
      .optional()
      .describe(
        'A bundle that `holdfast policy build` wrote: a folder or an archive. Absent: the policies that come with Holdfast.',
      ),
    server: bundleServerSchema
      .optional()
      .describe(
        'A server from which signed bundles come while the process runs, instead of `bundle`.',
      ),
    registry: bundleRegistrySchema
      .optional()
      .describe(
        'A repository of a registry from which signed bundles come while the process runs, instead of `bundle`.',
      ),
    keys: z
      .array(bundleKeySchema)
      .max(KEYS_MAX)
      .readonly()
      .default([])
      .describe(
        'The keys that may sign the bundle. With one or more, a bundle without a valid signature is refused; the policies that come with Holdfast need none.',
      ),
    capabilities: capabilitiesSchema.describe(
      'What policies may use, by their names. A bundle that uses more is refused.',
    ),
    mode: modeSchema
      .optional()
      .describe(
        'The mode of every policy without a more exact setting. Absent: each policy has the mode of its METADATA.',
      ),
    namespaces: namespaceModesSchema
      .prefault({})
      .describe(
        'The mode of every policy in some namespaces: a name, or the beginning of one with `*`.',
      ),
    overrides: z
      .array(overrideSchema)
      .max(OVERRIDES_MAX)
      .readonly()
      .prefault([])
      .describe(
        'The mode of every policy by namespace and by its labels. The first that matches decides.',
      ),
    settings: z
      .record(
        z
          .string()
          .regex(
            POLICY_NAME,
            'Expected the name of a policy: the last part of its package, as in "gitops_only_writes", or a template and a constraint of Gatekeeper, as in "k8srequiredlabels/must-have-owner"',
          ),
        policySettingsSchema,
      )
      .readonly()
      .prefault({})
      .describe('Settings of single policies, by the name of the policy.'),
  })
  .superRefine(({ bundle, server, registry }, context) => {
    const named = Object.entries({ bundle, server, registry }).filter(
      ([, one]) => one !== undefined,
    );
    const [, other] = named;
    if (other === undefined) return;
    const message = 'Expected one of "bundle", "server" and "registry"';
    context.addIssue({ code: 'custom', message, path: [other[0]] });
  })
  // Whoever answers for the server or the registry would write the policies.
  .refine(({ server, keys }) => server === undefined || keys.length > 0, {
    error: 'Expected "keys" beside "server": what a server gives must be signed',
    path: ['server'],
  })
  .refine(({ registry, keys }) => registry === undefined || keys.length > 0, {
    error: 'Expected "keys" beside "registry": what a registry gives must be signed',
    path: ['registry'],
  })
  .readonly();

/** How policies are evaluated: every key is a limit. */
export const engineSchema = section({
  workers: limit(ENGINE_LIMITS['engine.workers']),
  memoryPagesMax: limit(ENGINE_LIMITS['engine.memoryPagesMax']),
  queueLengthMax: limit(ENGINE_LIMITS['engine.queueLengthMax']),
  deadlineMs: limit(ENGINE_LIMITS['engine.deadlineMs']),
  quarantineAfterKills: limit(ENGINE_LIMITS['engine.quarantineAfterKills']),
  quarantineMs: limit(ENGINE_LIMITS['engine.quarantineMs']),
});

export type PoliciesSettings = z.output<typeof policiesSchema>;

export type EngineSettings = z.output<typeof engineSchema>;
