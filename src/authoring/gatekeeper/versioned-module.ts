/** A module of a bundle, in the version of Rego that it is written in. */
export interface VersionedModule {
  readonly text: string;
  readonly regoVersion: 0 | 1;
}
