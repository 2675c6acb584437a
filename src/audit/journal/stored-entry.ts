/** A row of a segment as read: none of it is verified yet. */

/** The index columns beside the record; NULL or a wrong type is read as `undefined`. */
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

/** The columns of the chain. */
export interface ChainedEntry {
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
  /** Empty if the column is not text, or larger than a record can be. */
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
