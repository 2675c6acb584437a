/** The fact `inventory`, in the form of `data.inventory` of Gatekeeper. Source: Gatekeeper 3.23, pkg/target. */
import type { KubernetesObject } from '../../kubernetes/object.ts';

/**
 * The objects that policies compare with, as the cluster has them: by group and version, kind and name; those of namespaces by
 * namespace first.
 */
export interface InventoryFact {
  /** Absent where there is no object of the cluster's own. */
  readonly cluster?: InventoryTree | undefined;
  /** Absent where no namespace has one. */
  readonly namespace?: Readonly<Record<string, InventoryTree>> | undefined;
}

/** `["apps/v1"]["Deployment"]["web"]`. */
type InventoryTree = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, KubernetesObject>>>>>
>;

type Branch = Record<string, unknown>;

/** A later object replaces an earlier one of the same name. Objects without a version are left out: nothing names them. */
export function planInventory(objects: Iterable<KubernetesObject>): InventoryFact {
  const tree: Branch = {};
  for (const object of objects) {
    const { apiVersion, kind, metadata } = object;
    if (apiVersion === undefined || kind === undefined) continue;
    const namespace = metadata?.namespace ?? '';
    const root =
      namespace === ''
        ? branchOf(tree, 'cluster')
        : branchOf(branchOf(tree, 'namespace'), namespace);
    // No plain assignment: an object may be named `__proto__`.
    setOwn(branchOf(branchOf(root, apiVersion), kind), metadata?.name ?? '', object);
  }
  return tree;
}

function branchOf(branch: Branch, name: string): Branch {
  const known = Object.hasOwn(branch, name) ? branch[name] : undefined;
  if (isBranch(known)) return known;
  const made: Branch = {};
  setOwn(branch, name, made);
  return made;
}

function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null;
}

function setOwn(branch: Branch, name: string, value: unknown): void {
  Object.defineProperty(branch, name, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}
