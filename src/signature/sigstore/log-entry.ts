/** An entry of a transparency log as it was read. Source: sigstore protobuf-specs, sigstore_rekor.proto. */

/** What the log says; nothing of it is verified. */
export interface LogEntry {
  readonly logIndex: bigint;
  readonly logId: Buffer;
  readonly kind: string;
  readonly version: string;
  /** In seconds since the epoch; 0: the log does not say (Rekor v2). */
  readonly integratedTime: bigint;
  /** The log's promise to include the entry (Rekor v1). */
  readonly signedEntryTimestamp: Buffer | undefined;
  readonly inclusionProof: InclusionProof | undefined;
}

/** The path from the entry to a root that the log has signed. */
export interface InclusionProof {
  readonly logIndex: bigint;
  readonly rootHash: Buffer;
  readonly treeSize: bigint;
  readonly hashes: readonly Buffer[];
  readonly checkpoint: string;
}

/** An entry with what the log has hashed. */
export interface LoggedBody extends LogEntry {
  readonly body: Buffer;
}
