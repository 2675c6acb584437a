/** Where in Git an object comes from (DESIGN 3; `input.facts.source` in Rego). */

export interface SourceFact {
  readonly repository: string;
  readonly revision: string;
  readonly path: string;
  /** The application's running operation carries manifests that are in no repository. */
  readonly inlineManifests: boolean;
}
