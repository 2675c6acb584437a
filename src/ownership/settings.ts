/** The section about ownership: how it is told who manages an object. */
import { z } from 'zod';
import { fixedLimit, limit, type LimitRows } from '../settings/limit.ts';
import {
  nameSchema,
  namespacePatternSchema,
  namespaceSchema,
  section,
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
    overflow: 'The text is cut and ends with …',
    metric: 'none',
  },
  'limits.changedValuesMax': {
    default: 1_000_000,
    minimum: 10_000,
    maximum: 10_000_000,
    unit: 'items',
    reason: 'Two objects of 3 MiB hold fewer values; comparing more would hold up other requests',
    overflow: 'The comparison ends and the change is marked truncated; it counts as a change',
    metric: 'holdfast_changes_truncated_total',
  },
  'limits.fieldNodesMax': {
    default: 200_000,
    minimum: 1000,
    maximum: 10_000_000,
    unit: 'items',
    reason:
      'The managedFields of an object of 1.5 MiB hold fewer steps; the number bounds the time as well as the memory',
    overflow:
      'Every changed field counts as declared in Git, managedFields as tampered with, and the change is marked truncated',
    metric: 'holdfast_changes_truncated_total',
  },
  'change.depthMax': fixedLimit(200, {
    unit: 'levels',
    reason: 'Several times deeper than any schema of Kubernetes; the comparison recurses',
    overflow:
      'What lies deeper is not compared and the change is marked truncated; it counts as a change',
    metric: 'holdfast_changes_truncated_total',
  }),
} as const satisfies LimitRows;

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

/** Keys of the section `limits`. */
export const ownershipLimitsShape = {
  changedPathsMax: limit(OWNERSHIP_LIMITS['limits.changedPathsMax']),
  changedTextCharsMax: limit(OWNERSHIP_LIMITS['limits.changedTextCharsMax']),
  changedValuesMax: limit(OWNERSHIP_LIMITS['limits.changedValuesMax']),
  fieldNodesMax: limit(OWNERSHIP_LIMITS['limits.fieldNodesMax']),
};

export type OwnershipSettings = z.output<typeof ownershipSchema>;

/** An object without a mark that is managed all the same: all criteria that are given must hold. */
export type ObjectSelector = OwnershipSettings['selectors'][number];
