/** What is known of a kind to attack an object of it. */

/** All samples are called so where their kind does not demand another name. */
export const SAMPLE_NAME = 'matrix';
export const SAMPLE_LABELS = { matrix: 'managed' };

export interface ManagedSample {
  /** @default SAMPLE_NAME */
  readonly name?: string;
  /** A second one of the kind that is not there yet. @default forged */
  readonly forgedName?: string;
  /** Everything but apiVersion, kind and metadata. */
  readonly content: Readonly<Record<string, unknown>>;
  /** The content of the forged one, where two cannot share it. */
  readonly forgedContent?: Readonly<Record<string, unknown>>;
  /** A merge patch that changes what Git declares. @default a label */
  readonly change?: object;
  /** What the status subresource is told. @default a condition */
  readonly status?: object;
}
