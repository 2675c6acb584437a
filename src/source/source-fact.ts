/** Where in Git an object comes from (DESIGN 3; `input.facts.source` in Rego). */

export interface SourceFact {
  readonly repository: string;
  readonly revision: string;
  readonly path: string;
  /** The application's running operation carries manifests that are in no repository. */
  readonly inlineManifests: boolean;
  /** Absent where only a snapshot of the cluster is known, which is of some other moment. */
  readonly operation?: ApplicationOperation | undefined;
}

/**
 * What the application is doing now.
 * - `running`: an operation is asked for or under way; only then has its controller a reason to write its objects
 * - `deleting`: the application is being deleted, and its objects with it
 * - `idle`: neither
 * - `absent`: there is no such application
 */
export type ApplicationOperation = 'running' | 'deleting' | 'idle' | 'absent';
