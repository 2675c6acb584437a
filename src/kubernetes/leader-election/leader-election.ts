/** The port of leader election: replicas elect a leader and publish their status. */

/** The status of one replica. */
export interface ReplicaStatus {
  readonly replica: string;
  /** Changes while the replica lives. */
  readonly heartbeat: string;
  readonly text: string;
}

export interface ElectionResult {
  /** Whether this replica leads until the next renewal. */
  readonly leads: boolean;
  /** The leader, if it is another replica. */
  readonly leader?: string | undefined;
  /** Of the other replicas. */
  readonly others: readonly ReplicaStatus[];
  /** Set if the Lease could not be read or written; the leader stays leader until its lease expires. */
  readonly problem?: string | undefined;
}

export interface LeaderElection {
  /** Acquires or renews the lease, publishes our status and reads the others'. Never rejects. */
  readonly renew: (status: string) => Promise<ElectionResult>;
  /** Whether the lease that was acquired last is still ours: one who stood still may have lost it without a word. */
  readonly holds: () => boolean;
  /** Releases the lease, so that another replica can lead at once. */
  readonly release: () => Promise<void>;
}

/** A replica without others. */
export function electAlone(): LeaderElection {
  return {
    renew: () => Promise.resolve({ leads: true, others: [] }),
    holds: () => true,
    release: () => Promise.resolve(),
  };
}
