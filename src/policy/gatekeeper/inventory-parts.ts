/** The facts of an evaluation, with no more of the inventory than its policies can read. */
import type { PolicyDescriptor } from '../descriptor.ts';
import type { InventoryPath } from './constraint.ts';
import { selectInventory } from './select-inventory.ts';

/** As many combinations of constraints as one inventory is divided for; a few kinds of object have constraints that read it. */
const COMBINATIONS_MAX = 64;

type Facts = object & { readonly inventory?: unknown };

/** Selects once for each combination of policies, until an object of the inventory changes: then it is another one. */
export class InventoryParts {
  readonly #parts = new WeakMap<object, Map<string, unknown>>();

  /** `combination` names the policies; equal names are the same policies, for as long as this lives. */
  narrow(facts: Facts, combination: string, policies: readonly PolicyDescriptor[]): object {
    const { inventory } = facts;
    if (typeof inventory !== 'object' || inventory === null) return facts;
    const parts = this.#parts.get(inventory) ?? new Map<string, unknown>();
    this.#parts.set(inventory, parts);
    if (!parts.has(combination)) {
      if (parts.size >= COMBINATIONS_MAX) parts.clear();
      parts.set(combination, select(inventory, policies));
    }
    const selected = parts.get(combination);
    return selected === inventory ? facts : { ...facts, inventory: selected };
  }
}

/** A policy of its own, and a constraint of a bundle that does not say it, may read everything. */
function select(inventory: object, policies: readonly PolicyDescriptor[]): unknown {
  const paths: InventoryPath[] = [];
  for (const { facts, optionalFacts, constraint } of policies) {
    if (![...facts, ...optionalFacts].includes('inventory')) continue;
    if (constraint?.inventoryReads === undefined) return inventory;
    paths.push(...constraint.inventoryReads);
  }
  return selectInventory(inventory, paths);
}
