/**
 * The lineage of one application: the versions that it was brought to, which of them are verified, and how often it was rolled back.
 *
 * A version is what its controller names: the id of a commit, or those of all its Git sources in their order.
 */
import type { WallMs } from '../../base/clock.ts';
import type { VERIFICATIONS } from './settings.ts';

/** What has marked a version as verified. */
export interface VersionProof {
  readonly by: (typeof VERIFICATIONS)[number];
  /** The pipeline, for `statement`. */
  readonly verifier?: string | undefined;
}

export interface LineageVersion {
  readonly revision: string;
  /** The last time; absent where it was verified and not deployed yet. */
  readonly deployedAtMs?: WallMs | undefined;
  readonly verified?: (VersionProof & { readonly atMs: WallMs }) | undefined;
}

/** Until then, the application keeps this version, and goes to no other one but those that are verified meanwhile. */
export interface Freeze {
  readonly revision: string;
  readonly sinceMs: WallMs;
  readonly untilMs: WallMs;
}

export interface ApplicationLineage {
  /** In the order in which each was deployed first, the newest last. What is not deployed yet stands where it was verified. */
  readonly versions: readonly LineageVersion[];
  /** The one that was brought last; absent before the first. */
  readonly current?: string | undefined;
  /** The one before it. */
  readonly previous?: string | undefined;
  /** When it was brought to an older version, the latest last. */
  readonly rollbacksAtMs: readonly WallMs[];
  readonly frozen?: Freeze | undefined;
}

/** One entry of a lineage: what a record says. */
export type LineageChange =
  | {
      readonly what: 'deployed';
      readonly revision: string;
      readonly previous?: string | undefined;
      readonly isRollback: boolean;
    }
  | ({
      readonly what: 'verified';
      readonly revision: string;
      /** When the pipeline signed it, by its own clock: a copy of an old statement is as old as that. */
      readonly issuedAtMs?: WallMs | undefined;
    } & VersionProof)
  | { readonly what: 'frozen'; readonly revision: string; readonly untilMs: WallMs };

/** Nothing was brought yet. */
export const NO_LINEAGE: ApplicationLineage = { versions: [], rollbacksAtMs: [] };

/** More than one incident needs; earlier ones are outside of every window. */
const ROLLBACKS_MAX = 100;

/** The lineage after one more entry. Entries are applied in the order in which they were recorded. */
export function applyChange(
  lineage: ApplicationLineage,
  change: LineageChange,
  { atMs, versionsMax }: { readonly atMs: WallMs; readonly versionsMax: number },
): ApplicationLineage {
  const { versions, current } = lineage;
  const { revision } = change;
  switch (change.what) {
    case 'deployed':
      return {
        ...lineage,
        versions: placeDeployed(lineage, { revision, atMs }).slice(-versionsMax),
        current: revision,
        previous: current === revision ? lineage.previous : current,
        rollbacksAtMs: change.isRollback
          ? [...lineage.rollbacksAtMs, atMs].slice(-ROLLBACKS_MAX)
          : lineage.rollbacksAtMs,
      };
    case 'verified': {
      const { by, verifier, issuedAtMs = atMs } = change;
      const verified = {
        by,
        ...(verifier !== undefined && { verifier }),
        atMs: Math.min(atMs, issuedAtMs),
      };
      const known = findVersion(lineage, revision);
      const next = known
        ? versions.map((each) => (each === known ? { ...each, verified } : each))
        : [...versions, { revision, verified }];
      return { ...lineage, versions: next.slice(-versionsMax) };
    }
    case 'frozen':
      return { ...lineage, frozen: { revision, sinceMs: atMs, untilMs: change.untilMs } };
  }
}

/** A version that is deployed again keeps its place, so that it stays older than what came after it. */
function placeDeployed(
  lineage: ApplicationLineage,
  { revision, atMs }: { readonly revision: string; readonly atMs: WallMs },
): readonly LineageVersion[] {
  const { versions } = lineage;
  const known = findVersion(lineage, revision);
  const version = { ...known, revision, deployedAtMs: atMs };
  return known?.deployedAtMs === undefined
    ? [...versions.filter((each) => each !== known), version]
    : versions.map((each) => (each === known ? version : each));
}

/** The version with this revision; `undefined` if the application was never brought to it, or too long ago. */
export function findVersion(
  { versions }: ApplicationLineage,
  revision: string,
): LineageVersion | undefined {
  return versions.find((each) => each.revision === revision);
}
