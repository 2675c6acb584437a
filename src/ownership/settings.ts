/** The settings section `ownership`: how the manager of an object is determined. */
import { z } from 'zod';
import { fixedLimit, limit, MINUTE, SECOND, type LimitRows } from '../settings/limit.ts';
import {
  nameSchema,
  namespacePatternSchema,
  namespaceSchema,
  section,
  usernameSchema,
} from '../settings/value-schemas.ts';

/** Rows of the table of limits. */
export const OWNERSHIP_LIMITS = {
  'limits.changedPathsMax': {
    default: 64,
    minimum: 1,
    maximum: 1000,
    unit: 'items',
    reason: 'More than a person or a policy needs to judge one change',
    overflow: 'The rest is not listed and the change is marked truncated; it is still a change',
    metric: 'holdfast_changes_truncated_total',
  },
  'limits.changedTextCharsMax': {
    default: 120,
    minimum: 16,
    maximum: 4000,
    unit: 'characters',
    reason: 'A value in a denial must fit on a line of a terminal',
    overflow: 'The text is truncated and ends with …',
    metric: 'none',
  },
  'limits.changedValuesMax': {
    default: 1_000_000,
    minimum: 10_000,
    maximum: 10_000_000,
    unit: 'items',
    reason: 'Two objects of 3 MiB contain fewer values; comparing more would delay other requests',
    overflow: 'The comparison ends and the change is marked truncated; it counts as a change',
    metric: 'holdfast_changes_truncated_total',
  },
  'limits.fieldNodesMax': {
    default: 200_000,
    minimum: 1000,
    maximum: 10_000_000,
    unit: 'items',
    reason:
      'The managedFields of an object of 1.5 MiB contain fewer steps; the limit bounds both time and memory',
    overflow:
      'Every changed field counts as declared in Git, managedFields as tampered with, and the change is marked truncated',
    metric: 'holdfast_changes_truncated_total',
  },
  'ownership.orphans.afterMs': {
    default: 10 * MINUTE,
    minimum: SECOND,
    maximum: 7 * 24 * 60 * MINUTE,
    unit: 'milliseconds',
    reason:
      'An application that is deleted to be made again comes back within minutes; what it deployed is still its own then',
    overflow: 'Objects of an application that has been gone for longer count as left behind',
    metric: 'none',
  },
  'deletions.windowMs': fixedLimit(60 * MINUTE, {
    unit: 'milliseconds',
    reason:
      'A controller that is refused tries again within minutes, so that what was stopped stays stopped',
    overflow:
      'Once no object of an application was to be deleted for so long, its deletions are counted anew',
  }),
  'deletions.applicationsMax': fixedLimit(1000, {
    unit: 'items',
    reason: 'Applications that delete objects within the window; most syncs delete none',
    overflow: 'The application that has deleted nothing for longest is counted anew',
  }),
  'deletions.objectsMax': fixedLimit(10_000, {
    unit: 'items',
    reason: 'Different objects that are counted for each application: more than any budget',
    overflow: 'Further ones are over the budget like the last',
  }),
  'change.depthMax': fixedLimit(200, {
    unit: 'levels',
    reason: 'Several times deeper than any schema of Kubernetes; the comparison recurses',
    overflow:
      'Deeper values are not compared and the change is marked truncated; it counts as a change',
    metric: 'holdfast_changes_truncated_total',
  }),
} as const satisfies LimitRows;

/** Fields of Argo CD's operation that may differ from the Application, if the configuration says so. */
const SYNC_OVERRIDES = ['apply', 'force', 'prune', 'retry', 'revision', 'syncOptions'] as const;

const argocdSchema = section({
  namespace: namespaceSchema.default('argocd').describe('The namespace in which Argo CD runs.'),
  // These settings override argocd-cm.
  trackingMethod: z
    .enum(['annotation', 'label', 'annotation+label'])
    .optional()
    .describe(
      'How Argo CD marks objects. Absent: as `argocd-cm` says (`application.resourceTrackingMethod`), else `annotation`.',
    ),
  instanceLabelKey: z
    .string()
    .min(1)
    .max(317)
    .optional()
    .describe(
      'The label that Argo CD tracks by. Absent: as `argocd-cm` says (`application.instanceLabelKey`), else `app.kubernetes.io/instance`.',
    ),
  installationId: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe(
      'The installation id in tracking ids. Absent: as `argocd-cm` says (`installationID`), else none.',
    ),
  allowSync: z
    .boolean()
    .default(true)
    .describe(
      "Whether people may sync through Argo CD's server: what the Application declares, and nothing beyond; and end what runs.",
    ),
  syncAccounts: z
    .array(usernameSchema)
    .max(100)
    .readonly()
    .prefault([])
    .describe(
      "Exact usernames that may ask for the same syncs as Argo CD's server: a server in another namespace, or a person.",
    ),
  syncOverrides: z
    .array(z.enum(SYNC_OVERRIDES))
    .max(SYNC_OVERRIDES.length)
    .readonly()
    .prefault([])
    .describe(
      'What a sync may ask for beyond the Application. A rollback asks for `revision` and `apply`. Never manifests or sources.',
    ),
});

const fluxSchema = section({
  enabled: z.boolean().default(true).describe('Whether the labels and inventories of Flux count.'),
  namespace: namespaceSchema.default('flux-system').describe('The namespace in which Flux runs.'),
});

const helmSchema = section({
  enabled: z
    .boolean()
    .default(false)
    .describe(
      'Whether objects of releases that the helm program installed, without a GitOps controller, count as managed.',
    ),
});

const orphansSchema = section({
  editors: z
    .array(usernameSchema)
    .max(100)
    .readonly()
    .prefault([])
    .describe(
      "Exact usernames that may delete, or take out of Git's hands, what an application left behind. Not where the Applications are in another cluster and `kubernetes.hub` is not set.",
    ),
  afterMs: limit(OWNERSHIP_LIMITS['ownership.orphans.afterMs']),
});

const labelSchema = z.record(z.string().min(1).max(317), z.string().max(63)).readonly();

const selectorSchema = section({
  name: nameSchema.describe('The name of the selector in messages and records.'),
  groups: z
    .array(z.string().max(253))
    .min(1)
    .max(100)
    .readonly()
    .optional()
    .describe('API groups; the core group is the empty text.'),
  kinds: z
    .array(z.string().min(1).max(63))
    .min(1)
    .max(100)
    .readonly()
    .optional()
    .describe('Kinds, such as `ConfigMap`.'),
  namespaces: z
    .array(namespacePatternSchema)
    .min(1)
    .max(1000)
    .readonly()
    .optional()
    .describe('Namespaces, or beginnings of them with `*`.'),
  labels: labelSchema.optional().describe('Labels that the object has, each with its value.'),
}).refine(
  ({ groups, kinds, namespaces, labels }) =>
    [groups, kinds, namespaces, labels].some((criterion) => criterion !== undefined),
  {
    error:
      'Expected at least one of "groups", "kinds", "namespaces" and "labels": this selects every object',
  },
);

/** How the manager of an object is determined. */
export const ownershipSchema = section({
  argocd: argocdSchema.prefault({}).describe('How Argo CD marks what it manages.'),
  flux: fluxSchema.prefault({}).describe('How Flux marks what it manages.'),
  helm: helmSchema.prefault({}).describe('Releases of the helm program.'),
  selectors: z
    .array(selectorSchema)
    .max(100)
    .readonly()
    .prefault([])
    .describe(
      'Objects that count as managed without a mark. Objects that controllers create are not selected.',
    ),
  orphans: orphansSchema
    .prefault({})
    .describe('What an application left behind that was deleted without what it deployed.'),
  fieldManagers: z
    .array(z.string().min(1).max(128))
    .max(100)
    .readonly()
    .prefault([])
    .describe(
      'Further field managers whose fields count as declared in Git, where a GitOps controller applies under another name.',
    ),
  gitopsOnlyNamespaces: z
    .array(namespaceSchema)
    .max(1000)
    .readonly()
    .prefault([])
    .describe('Namespaces in which every object changes only through Git, with or without a mark.'),
  exemptNamespaces: z
    .array(namespaceSchema)
    .max(1000)
    .readonly()
    .prefault([])
    .describe(
      'Namespaces in which nothing is checked. Keep the list short: an exempt namespace is a way around Holdfast.',
    ),
});

/** Keys of the section `limits`. */
export const ownershipLimitsShape = {
  changedPathsMax: limit(OWNERSHIP_LIMITS['limits.changedPathsMax']),
  changedTextCharsMax: limit(OWNERSHIP_LIMITS['limits.changedTextCharsMax']),
  changedValuesMax: limit(OWNERSHIP_LIMITS['limits.changedValuesMax']),
  fieldNodesMax: limit(OWNERSHIP_LIMITS['limits.fieldNodesMax']),
};

export type OwnershipSettings = z.output<typeof ownershipSchema>;

/** A managed object without a mark: all given criteria must match. */
export type ObjectSelector = OwnershipSettings['selectors'][number];
