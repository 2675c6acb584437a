/** A constraint as the policy that the engine runs. */
import type { PolicyDescriptor, PolicyMode } from '../../policy/descriptor.ts';
import type { FactName } from '../../policy/fact-names.ts';
import type { InventoryKind } from '../../policy/gatekeeper/constraint.ts';
import type { ParsedConstraint } from './parse-constraint.ts';
import type { PreparedTemplate } from './prepare-template.ts';

export interface DescribeOptions {
  readonly mode: PolicyMode;
  /** What `data.inventory` holds, for a template that reads it. */
  readonly inventory: readonly InventoryKind[];
}

/** Longer than most templates of the public library take by a hundred times. */
const DEADLINE_MS = 200;
/** Gatekeeper's own webhook sends nothing else to templates that name no operations. */
const OPERATIONS = ['CREATE', 'UPDATE'] as const;
/** How a template reads the namespace of an object. */
const NAMESPACE_OBJECT = 'namespaceObject';

/** The descriptor; its name is what the settings of a configuration name. */
export function describeConstraint(
  { template, inventoryReads }: PreparedTemplate,
  { name, match, parameters }: ParsedConstraint,
  { mode, inventory }: DescribeOptions,
): PolicyDescriptor {
  const { rego, libraries } = template.code;
  const readsNamespace =
    match.namespaceSelector !== undefined ||
    [rego, ...libraries].some((text) => text.includes(NAMESPACE_OBJECT));
  const facts: FactName[] = [];
  if (readsNamespace) facts.push('namespace');
  const readsInventory = inventoryReads.length > 0;
  if (readsInventory) facts.push('inventory');
  return {
    name: `${template.name}/${name}`,
    title: template.title,
    description: template.description,
    severity: 'error',
    match: { operations: template.operations ?? OPERATIONS },
    failure: 'deny',
    deadlineMs: DEADLINE_MS,
    facts,
    optionalFacts: [],
    rules: ['deny'],
    mode,
    parameters: { template: template.name, parameters },
    constraint: {
      template: template.name,
      name,
      match,
      inventory: readsInventory ? inventory : [],
      ...(readsInventory && { inventoryReads }),
    },
  };
}
