/**
 * What was counted of the reports of the other replicas, in the stored state: each attempt counts once, across restarts,
 * partitions and the end of an incident.
 */
import type { SeenReport, StateChanges } from './incident-state.ts';

/** By replica. */
export type Contributions = Readonly<Record<string, SeenReport>>;

/** Of replicas that show nothing any more, the oldest are forgotten: pods are seldom called so again. */
const ABSENT_MAX = 1000;

/** By replica and group. */
export class SeenReports {
  readonly #changes: StateChanges;
  readonly #seen: Map<string, SeenReport>;

  constructor(changes: StateChanges, remembered: ReadonlyMap<string, SeenReport>) {
    this.#changes = changes;
    this.#seen = new Map(remembered);
  }

  get(replica: string, group: string): SeenReport | undefined {
    return this.#seen.get(placeOf(replica, group));
  }

  set(replica: string, group: string, { own, first }: SeenReport): void {
    const place = placeOf(replica, group);
    const known = this.#seen.get(place);
    if (known?.own === own && known.first === first) return;
    this.#seen.set(place, { own, first });
    this.#changes.set(`seen/${place}`, own);
    if (first !== undefined) this.#changes.set(`seen-first/${place}`, first);
  }

  /** What each replica has contributed to the open incident of a group. */
  contributionsTo(group: string): Contributions {
    const found: Record<string, SeenReport> = {};
    for (const [place, seen] of this.#seen) {
      const [replica, of] = splitPlace(place);
      if (of === group) found[replica] = seen;
    }
    return found;
  }

  /**
   * Forgets the incidents that have ended where they were reported. A replica that shows nothing may be cut off: what it has
   * counted would be counted again when it returns.
   */
  keep(shown: ReadonlyMap<string, ReadonlySet<string>>): void {
    const absent: string[] = [];
    for (const place of this.#seen.keys()) {
      const [replica, group] = splitPlace(place);
      const groups = shown.get(replica);
      if (groups === undefined) absent.push(place);
      else if (!groups.has(group)) this.#forget(place);
    }
    for (const place of absent.slice(0, -ABSENT_MAX)) this.#forget(place);
  }

  #forget(place: string): void {
    this.#seen.delete(place);
    this.#changes.remove(`seen/${place}`);
    this.#changes.remove(`seen-first/${place}`);
  }
}

/** Whether all that one replica has of an incident was counted by another one. */
export function isCovered(own: Contributions, by: Contributions): boolean {
  return Object.entries(own).every(([replica, { own: count, first }]) => {
    const counted = by[replica];
    return counted !== undefined && counted.first === first && counted.own >= count;
  });
}

function placeOf(replica: string, group: string): string {
  return `${replica}/${group}`;
}

/** A group has no slash. */
function splitPlace(place: string): readonly [replica: string, group: string] {
  const at = place.lastIndexOf('/');
  return [place.slice(0, at), place.slice(at + 1)];
}
