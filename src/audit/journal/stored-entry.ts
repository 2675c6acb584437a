/** What stands in a segment, as it was found: nothing here is believed yet. */

/** The columns beside the record, by which it is found; NULL or a wrong type reads as `undefined`. */
export interface IndexColumns {
  readonly timeMs: number | undefined;
  readonly decisionId: string | undefined;
  readonly username: string | undefined;
  readonly namespace: string | undefined;
  /** `<group>/<resource>/<namespace>/<name>`; the core group is empty. */
  readonly object: string | undefined;
  readonly allowed: boolean | undefined;
  readonly code: string | undefined;
}

/** The columns that the chain is made of. */
export interface ChainedEntry {
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
  /** Empty where the column holds no text, or more than a record can be. */
  readonly recordJson: string;
}

/** One row of `entries`. */
export interface StoredEntry extends ChainedEntry {
  readonly index: IndexColumns;
}

/** One row of `heads`. */
export interface StoredHead {
  readonly sequence: number;
  readonly timeMs: number | undefined;
  readonly jws: string;
}
