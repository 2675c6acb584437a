/** What Rego reads of the comparison of an object with its commit (`input.facts.source.manifest`). */
import type { ManifestStatus } from './compare-manifest.ts';

export interface SourceManifestFact {
  /** `unavailable`: nobody can tell now, as the commit is not there or not rendered yet. */
  readonly status: ManifestStatus | 'unavailable';
  /** The first differences, without values. */
  readonly paths: readonly string[];
  /** Absent for `equal` and `differs`. One sentence without a period, in lower case. */
  readonly reason?: string | undefined;
  /** The source that declares the object; the first of all where none does. Absent where there is none. */
  readonly repository?: string | undefined;
  readonly path?: string | undefined;
  readonly objectId?: string | undefined;
  /** What the rule of the commit says about `unavailable`. */
  readonly mode?: 'deny' | 'warn' | 'allow' | undefined;
}
