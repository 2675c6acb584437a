/**
 * The part of the inventory that templates can read, by the paths that stand in their code. The whole of it is that of a cluster, and each
 * evaluation pays for what it is given.
 */
import { isRecord } from '../../base/is-record.ts';
import type { InventoryPath } from './constraint.ts';

/**
 * What lies on one of the paths, and all that is below their ends. What a path does not reach is left out: a reference of the same path is
 * undefined there anyway. An empty path selects everything. Lists are kept whole.
 */
export function selectInventory(tree: unknown, paths: readonly InventoryPath[]): unknown {
  if (!isRecord(tree) || paths.some((path) => path.length === 0)) return tree;
  const entries: (readonly [string, unknown])[] = [];
  for (const [key, value] of Object.entries(tree)) {
    const below = paths
      .filter(([name]) => name === null || name === key)
      .map((path) => path.slice(1));
    if (below.length === 0) continue;
    const selected = selectInventory(value, below);
    if (!isRecord(selected) || selected === value || Object.keys(selected).length > 0) {
      entries.push([key, selected]);
    }
  }
  return Object.fromEntries(entries);
}
