/** The sections about judging: policies, identity, ownership. */
import { z } from 'zod';
import {
  failureSchema,
  modeSchema,
  nameSchema,
  namespacePatternSchema,
  namespaceSchema,
  pathSchema,
  section,
  usernameSchema,
} from '../settings/value-schemas.ts';

/** How a policy is heard in some namespaces: a name, or the beginning of one with `*`. */
const namespaceModesSchema = z.record(namespacePatternSchema, modeSchema).readonly();

const policySettingsSchema = section({
  mode: modeSchema.optional(),
  namespaces: namespaceModesSchema.prefault({}),
  failure: failureSchema.optional(),
  /** Bounded below the API server's patience: see limits.requestDeadlineMs. */
  deadlineMs: z.int().min(1).max(20_000).optional(),
  parameters: z.record(z.string(), z.unknown()).readonly().prefault({}),
});

/** Which policies judge, and how each is heard where. */
export const policiesSchema = z
  .strictObject({
    /** A built bundle; the policies that come with Holdfast where neither this nor `source` is set. */
    bundle: pathSchema.optional(),
    /** A folder of Rego, compiled at start: needs OPA. */
    source: pathSchema.optional(),
    /** Replaces the mode of every policy that no more exact setting names. */
    mode: modeSchema.optional(),
    namespaces: namespaceModesSchema.prefault({}),
    settings: z
      .record(
        z
          .string()
          .regex(
            /^[a-z][a-z0-9_]{0,62}$/u,
            'Expected the name of a policy: the last part of its package, as in "gitops_only_writes"',
          ),
        policySettingsSchema,
      )
      .readonly()
      .prefault({}),
  })
  .readonly()
  .refine(({ bundle, source }) => bundle === undefined || source === undefined, {
    error: 'Expected "bundle" or "source", found both',
    path: ['source'],
  });

const APPLICATION_PATTERN = /^(?:[a-z0-9*][a-z0-9.*-]{0,252}\/)?[a-z0-9*][a-z0-9.*-]{0,252}$/u;
const APPLICATION_EXPECTED =
  'Expected the name of an application, its namespace and name with "/" between, or a beginning with "*", as in "team-a/*"';

const writerSchema = section({
  name: nameSchema,
  username: usernameSchema,
  tool: z.enum(['argocd', 'flux']),
  /** The weakest credential that is accepted; a token of the controller's own pod unless said otherwise. */
  proof: z
    .enum(['pinned', 'pod-bound', 'unbound', 'legacy', 'impersonated', 'none'])
    .default('pod-bound'),
  /** The workload whose pods are the controller: a pod of anything else proves nothing. */
  workload: section({
    kind: z.enum(['Deployment', 'StatefulSet']),
    name: z.string().min(1).max(253),
  }).optional(),
  /** For `pinned`: extra fields of the user that must be exactly these, such as `canonicalArn` on EKS. */
  extra: z
    .record(z.string().min(1).max(253), z.array(z.string().max(1024)).min(1).max(16).readonly())
    .readonly()
    .optional(),
  /** The applications that it may write: `checkout`, or `team-a/checkout` for one outside the control plane's namespace. */
  applications: z
    .array(z.string().regex(APPLICATION_PATTERN, APPLICATION_EXPECTED))
    .min(1)
    .max(1000)
    .readonly()
    .default(['*']),
}).refine(({ proof, extra }) => (proof === 'pinned') === (extra !== undefined), {
  error: 'Expected "extra" exactly where proof is "pinned"',
  path: ['extra'],
});

const texts = z.array(z.string().min(1).max(512)).min(1).readonly();

const operatorRuleSchema = section({
  verbs: z
    .array(z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']))
    .min(1)
    .readonly(),
  /** API groups; the core group is the empty text. */
  groups: z.array(z.string().max(253)).min(1).readonly(),
  /** Resources and subresources: `deployments`, `deployments/scale`. */
  resources: texts,
  /** Which fields may differ; everything below a path too. Absent: nothing is looked at. */
  paths: texts.optional(),
  /** Only fields that Git does not declare, by the stored object's managedFields. */
  undeclared: z.boolean().optional(),
  /** Only where an autoscaler from Git targets the object, and within its bounds. */
  autoscaled: z.boolean().optional(),
});

const operatorSchema = section({
  name: nameSchema,
  username: usernameSchema,
  rules: z.array(operatorRuleSchema).min(1).readonly(),
});

/** Who may write: GitOps controllers, and operators within their rules. */
export const identitySchema = z
  .strictObject({
    writers: z.array(writerSchema).max(100).readonly().prefault([]),
    operators: z.array(operatorSchema).max(1000).readonly().prefault([]),
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
}

// Two entries for one caller: which one holds would depend on the order of reading.
function* findDuplicates({ writers, operators }: NamedAccounts) {
  const entries = [
    ...writers.map((entry, index) => ({ entry, place: ['writers', index] })),
    ...operators.map((entry, index) => ({ entry, place: ['operators', index] })),
  ];
  for (const key of ['name', 'username'] as const) {
    const firstPlaces = new Map<string, string>();
    for (const { entry, place } of entries) {
      const value = entry[key];
      const first = firstPlaces.get(value);
      if (first === undefined) {
        firstPlaces.set(value, place.join('.'));
      } else {
        const message = `Expected each ${key} once, found "${value}" again (first at identity.${first})`;
        yield { path: [...place, key], message };
      }
    }
  }
}

const argocdSchema = section({
  namespace: namespaceSchema.default('argocd'),
  // What is set here holds, whatever argocd-cm says.
  /** Absent: as argocd-cm says (`application.resourceTrackingMethod`), else `annotation`. */
  trackingMethod: z.enum(['annotation', 'label', 'annotation+label']).optional(),
  /** Absent: as argocd-cm says (`application.instanceLabelKey`), else `app.kubernetes.io/instance`. */
  instanceLabelKey: z.string().min(1).max(317).optional(),
  /** Absent: as argocd-cm says (`installationID`), else none. */
  installationId: z.string().min(1).max(253).optional(),
});

const fluxSchema = section({
  enabled: z.boolean().default(true),
  namespace: namespaceSchema.default('flux-system'),
});

const helmSchema = section({
  /** Objects of releases that were installed with the helm program, without a GitOps controller. */
  enabled: z.boolean().default(false),
});

const labelSchema = z.record(z.string().min(1).max(317), z.string().max(63)).readonly();

const selectorSchema = section({
  name: nameSchema,
  /** API groups; the core group is the empty text. */
  groups: z.array(z.string().max(253)).min(1).max(100).readonly().optional(),
  kinds: z.array(z.string().min(1).max(63)).min(1).max(100).readonly().optional(),
  namespaces: z.array(namespacePatternSchema).min(1).max(1000).readonly().optional(),
  labels: labelSchema.optional(),
}).refine(
  ({ groups, kinds, namespaces, labels }) =>
    [groups, kinds, namespaces, labels].some((criterion) => criterion !== undefined),
  {
    error:
      'Expected at least one of "groups", "kinds", "namespaces" and "labels": this selects every object',
  },
);

/** How it is told who manages an object. */
export const ownershipSchema = section({
  argocd: argocdSchema.prefault({}),
  flux: fluxSchema.prefault({}),
  helm: helmSchema.prefault({}),
  /** Objects without a mark that are managed all the same; none of what controllers make. */
  selectors: z.array(selectorSchema).max(100).readonly().prefault([]),
  /** More field managers whose fields Git declares, where a GitOps controller applies under another name. */
  fieldManagers: z.array(z.string().min(1).max(128)).max(100).readonly().prefault([]),
  /** Everything in these changes only through Git, marked or not. */
  gitopsOnlyNamespaces: z.array(namespaceSchema).max(1000).readonly().prefault([]),
  /** Nothing in these is judged. Keep it short: an exempt namespace is a way around. */
  exemptNamespaces: z.array(namespaceSchema).max(1000).readonly().prefault([]),
});
