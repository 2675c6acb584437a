/** The section about who may write: GitOps controllers, and operators within their rules. */
import { z } from 'zod';
import { MINUTE, SECOND, limit, type LimitRows } from '../settings/limit.ts';
import { nameSchema, namespaceSchema, section, usernameSchema } from '../settings/value-schemas.ts';
import { PROOF_GRADES } from './actor.ts';
import { credentialsSchema, hashedIdSchema } from './credentials/settings.ts';
import { operatorRuleSchema } from './operator-rule.ts';
import { expandPreset, type ChosenPreset } from './presets/list-operators.ts';
import type { OperatorPreset } from './presets/operator-preset.ts';
import { OPERATOR_PRESETS, OPERATOR_PRESET_NAMES } from './presets/operator-presets.ts';

/** Rows of the table of limits. */
export const IDENTITY_LIMITS = {
  'limits.proofCacheMs': {
    default: 10 * SECOND,
    minimum: 0,
    maximum: 5 * MINUTE,
    unit: 'milliseconds',
    reason:
      'A sync writes many objects in a row; the API server itself rejects the token of a deleted pod',
    overflow: 'The pod, its account and its workload are read again',
    metric: 'holdfast_lookups_total',
  },
  'limits.proofGraceMs': {
    default: 5 * MINUTE,
    minimum: 0,
    maximum: 60 * MINUTE,
    unit: 'milliseconds',
    reason:
      'A slow API server must not stop the syncs of a controller whose pod was verified recently',
    overflow: 'The writer is unavailable until its pod can be read',
    metric: 'holdfast_lookups_total',
  },
  'limits.proofCacheEntriesMax': {
    default: 1000,
    minimum: 0,
    maximum: 100_000,
    unit: 'items',
    reason: 'One entry for each running controller pod; forged claims are never kept',
    overflow: 'The oldest is forgotten',
    metric: 'holdfast_lookups_total',
  },
} as const satisfies LimitRows;

const APPLICATION_PATTERN = /^(?:[a-z0-9*][a-z0-9.*-]{0,252}\/)?[a-z0-9*][a-z0-9.*-]{0,252}$/u;
const APPLICATION_EXPECTED =
  'Expected the name of an application, its namespace and name with "/" between, or a beginning with "*", as in "team-a/*"';

const LISTED_PROOFS: ReadonlySet<string> = new Set(['unbound', 'none']);

const writerSchema = section({
  name: nameSchema.describe('The name of the writer in messages and records.'),
  username: usernameSchema.describe(
    'The exact username of the controller, such as `system:serviceaccount:argocd:argocd-application-controller`.',
  ),
  tool: z.enum(['argocd', 'flux']).describe('Which GitOps controller it is.'),
  proof: z
    .enum(PROOF_GRADES)
    .default('pod-bound')
    .describe(
      "The weakest credential that is accepted. The default asks for a token of the controller's own pod.",
    ),
  workload: section({
    kind: z.enum(['Deployment', 'StatefulSet']).describe('The kind of the workload.'),
    name: z
      .string()
      .min(1)
      .max(253)
      .describe('The name of the workload, in the namespace of the account.'),
  })
    .optional()
    .describe(
      'The workload whose pods are the controller. A pod of another workload proves nothing.',
    ),
  extra: z
    .record(z.string().min(1).max(253), z.array(z.string().max(1024)).min(1).max(16).readonly())
    .readonly()
    .optional()
    .describe(
      'For `pinned`: extra fields of the user that must be exactly these, such as `canonicalArn` on EKS.',
    ),
  applications: z
    .array(z.string().regex(APPLICATION_PATTERN, APPLICATION_EXPECTED))
    .min(1)
    .max(1000)
    .readonly()
    .default(['*'])
    .describe(
      "The applications that it may write: `checkout`, or `team-a/checkout` for one outside the control plane's namespace.",
    ),
  credentials: z
    .array(hashedIdSchema)
    .min(1)
    .max(100)
    .readonly()
    .optional()
    .describe(
      'The only credentials that count, as `sha256:` and the SHA-256 of each credential id: for a controller in another cluster, which no pod here proves. List the next one before it is used.',
    ),
})
  .refine(({ proof, extra }) => (proof === 'pinned') === (extra !== undefined), {
    error: 'Expected "extra" exactly where proof is "pinned"',
    path: ['extra'],
  })
  // A pod's token is another one every hour, and the other two show no id.
  .refine(({ proof, credentials }) => credentials === undefined || LISTED_PROOFS.has(proof), {
    error:
      'Expected "credentials" only where proof is "unbound", for a token of the TokenRequest API, or "none", for a client certificate',
    path: ['credentials'],
  });

const operatorSchema = section({
  name: nameSchema.describe('The name of the operator in messages and records.'),
  username: usernameSchema.describe('The exact username of the operator.'),
  rules: z
    .array(operatorRuleSchema)
    .min(1)
    .readonly()
    .describe('What the operator may write on managed objects. One rule must allow the request.'),
});

const serviceAccountSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u, 'Expected the name of a service account');

const operatorPresetSchema = section({
  preset: z.enum(OPERATOR_PRESET_NAMES).describe('The name of the preset.'),
  namespace: namespaceSchema
    .optional()
    .describe("Where the operator runs. Absent: where the project's own manifests install it."),
  accounts: z
    .record(z.string(), serviceAccountSchema)
    .readonly()
    .prefault({})
    .describe('Names of service accounts that differ from the preset, by the part of the project.'),
}).superRefine(({ preset, accounts }, context) => {
  const { accounts: known }: OperatorPreset = OPERATOR_PRESETS[preset];
  for (const part of Object.keys(accounts)) {
    if (Object.hasOwn(known, part)) continue;
    const message = `Expected a part of "${preset}" (${Object.keys(known).join(', ')}), found "${part}"`;
    context.addIssue({ code: 'custom', path: ['accounts', part], message });
  }
});

/** Who may write: GitOps controllers, and operators within their rules. */
export const identitySchema = z
  .strictObject({
    writers: z
      .array(writerSchema)
      .max(100)
      .readonly()
      .prefault([])
      .describe('The GitOps controllers.'),
    operators: z
      .array(operatorSchema)
      .max(1000)
      .readonly()
      .prefault([])
      .describe('Other controllers that write into managed objects.'),
    operatorPresets: z
      .array(operatorPresetSchema)
      .max(100)
      .readonly()
      .prefault([])
      .describe('Operators that many clusters run, with rules that come with Holdfast.'),
    sharedControllerManager: z
      .boolean()
      .default(false)
      .describe(
        'All controllers act as `system:kube-controller-manager` (`--use-service-account-credentials=false`). That one name may then do what each of them may: leave it off wherever they have accounts of their own.',
      ),
    credentials: credentialsSchema
      .prefault({})
      .describe(
        'Whether controllers, nodes and operators must show the credentials that they are known by.',
      ),
  })
  .readonly()
  .superRefine((identity, context) => {
    for (const issue of findDuplicates(identity)) context.addIssue({ code: 'custom', ...issue });
  });

interface NamedAccount {
  readonly name: string;
  readonly username: string;
}

interface NamedAccounts {
  readonly writers: readonly NamedAccount[];
  readonly operators: readonly NamedAccount[];
  readonly operatorPresets: readonly ChosenPreset[];
}

// Two entries for one caller: which one holds would depend on the order of reading.
function* findDuplicates({ writers, operators, operatorPresets }: NamedAccounts) {
  const entries = [
    ...writers.map((entry, index) => ({ entry, place: ['writers', index] })),
    ...operators.map((entry, index) => ({ entry, place: ['operators', index] })),
    ...operatorPresets.flatMap((chosen, index) =>
      expandPreset(chosen).map((entry) => ({ entry, place: ['operatorPresets', index] })),
    ),
  ];
  for (const key of ['name', 'username'] as const) {
    const firstPlaces = new Map<string, string>();
    for (const { entry, place } of entries) {
      const value = entry[key];
      const first = firstPlaces.get(value);
      if (first === undefined) {
        firstPlaces.set(value, `${place[0]}[${place[1]}]`);
      } else {
        const message = `Expected each ${key} once, found "${value}" again (first at identity.${first})`;
        yield { path: place[0] === 'operatorPresets' ? place : [...place, key], message };
      }
    }
  }
}

/** Keys of the section `limits`. */
export const identityLimitsShape = {
  proofCacheMs: limit(IDENTITY_LIMITS['limits.proofCacheMs']),
  proofGraceMs: limit(IDENTITY_LIMITS['limits.proofGraceMs']),
  proofCacheEntriesMax: limit(IDENTITY_LIMITS['limits.proofCacheEntriesMax']),
};

export type IdentitySettings = z.output<typeof identitySchema>;

/** A GitOps controller that may write what it manages. */
export type WriterSettings = IdentitySettings['writers'][number];

/** An operator whose rules a policy's parameters hold under its name. */
export type OperatorSettings = IdentitySettings['operators'][number];
