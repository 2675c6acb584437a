/** A write of a controller that was refused, or would have been, as a record tells it. */

export interface ObservedWrite {
  readonly username: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly group: string;
  /** With the subresource: `deployments/scale`. */
  readonly resource: string;
  readonly fields: readonly ObservedField[];
  /** The record does not list every field. */
  readonly isCut: boolean;
  /** Which keys among the fields are always protected, as paths. */
  readonly protectedKeys: readonly string[];
  /** Of the record, for whoever wants to look. */
  readonly decisionId: string;
}

export interface ObservedField {
  readonly path: string;
  readonly segments: readonly (string | number)[];
}
