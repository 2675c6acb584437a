/**
 * A constraint of Gatekeeper as a manifest holds it: which template judges, and which requests.
 * Source: Gatekeeper 3.23, spec.match of a constraint.
 */
import { z } from 'zod';

const texts = z.array(z.string()).readonly();

/** As in apimachinery meta/v1 LabelSelector; an empty one selects everything. */
export const labelSelectorSchema = z.strictObject({
  matchLabels: z.record(z.string(), z.string()).readonly().optional(),
  matchExpressions: z
    .array(
      z.strictObject({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: texts.optional(),
      }),
    )
    .readonly()
    .optional(),
});

/** `spec.match`: all of it must hold; what is absent matches everything. */
export const constraintMatchSchema = z.strictObject({
  kinds: z
    .array(z.strictObject({ apiGroups: texts.optional(), kinds: texts.optional() }))
    .readonly()
    .optional(),
  /** `Cluster` or `Namespaced`; any other text matches everything, as in Gatekeeper. */
  scope: z.string().optional(),
  namespaces: texts.optional(),
  excludedNamespaces: texts.optional(),
  labelSelector: labelSelectorSchema.optional(),
  namespaceSelector: labelSelectorSchema.optional(),
  name: z.string().optional(),
  source: z.enum(['All', 'Generated', 'Original']).optional(),
});

/** A kind whose objects are in `data.inventory`. */
export const inventoryKindSchema = z.strictObject({
  group: z.string(),
  version: z.string().min(1),
  kind: z.string().min(1),
});

/** A path below `data.inventory`, as the code of a template has it: `["cluster", "v1", "Namespace", null]`; null is any key. */
export const inventoryPathSchema = z.array(z.string().nullable()).readonly();

/** What a descriptor says of the constraint that it stands for. */
export const constraintSchema = z.strictObject({
  /** `metadata.name` of the ConstraintTemplate. */
  template: z.string().min(1),
  name: z.string().min(1),
  match: constraintMatchSchema,
  /** What the template reads as `data.inventory`; empty if it reads none. */
  inventory: z.array(inventoryKindSchema).readonly(),
  /** Where in it the template reads, found when the bundle is built; it is given no more. @default everything */
  inventoryReads: z.array(inventoryPathSchema).readonly().optional(),
});

export type ConstraintLabelSelector = z.output<typeof labelSelectorSchema>;
export type ConstraintMatch = z.output<typeof constraintMatchSchema>;
export type InventoryPath = z.output<typeof inventoryPathSchema>;
export type InventoryKind = z.output<typeof inventoryKindSchema>;
export type Constraint = z.output<typeof constraintSchema>;
