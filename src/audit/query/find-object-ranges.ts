/**
 * Converts an object pattern into ranges of a segment's index on `object`.
 *
 * An index key begins with group and resource, and users omit the group. There are few such pairs, so they are found by
 * skipping from one to the next: a hundred look-ups for any number of entries.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { ObjectPattern } from './match-entry.ts';
import type { ObjectRange } from './plan-search.ts';

/** More pairs than any cluster has; a hostile file could have one per entry. */
const PAIRS_MAX = 20_000;
/** Sorts after every text with the same prefix. */
const LAST_CHARACTER = '\u{10FFFF}';

/** The ranges of a pattern; empty if the kind was never recorded. */
export function findObjectRanges(
  database: DatabaseSync,
  { resources, group, namespace, name }: ObjectPattern,
): readonly ObjectRange[] {
  return listPairs(database)
    .filter(
      (pair) =>
        (resources.length === 0 || resources.includes(pair.resource)) &&
        (group === undefined || group === pair.group),
    )
    .map((pair) => {
      const prefix = `${pair.group}/${pair.resource}/`;
      if (namespace !== undefined && name !== undefined) {
        return { exact: `${prefix}${namespace}/${name}` };
      }
      const from = namespace === undefined ? prefix : `${prefix}${namespace}/`;
      const ending = name === undefined ? undefined : `/${name}`;
      return { from, to: `${from}${LAST_CHARACTER}`, ending };
    });
}

interface Pair {
  readonly group: string;
  readonly resource: string;
}

function listPairs(database: DatabaseSync): readonly Pair[] {
  const next = database.prepare(
    'SELECT object FROM entries WHERE object > ? ORDER BY object LIMIT 1',
  );
  const pairs: Pair[] = [];
  let cursor = '';
  while (pairs.length < PAIRS_MAX) {
    const object = next.get(cursor)?.['object'];
    if (typeof object !== 'string') break;
    const [group = '', resource = ''] = object.split('/');
    pairs.push({ group, resource });
    cursor = `${group}/${resource}/${LAST_CHARACTER}`;
    // A malformed key would be found again and again.
    if (cursor <= object) cursor = object;
  }
  return pairs;
}
