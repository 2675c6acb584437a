/** How replicas agree on who leads, and publish what each of them knows: the port. */

/** What one replica has published. */
export interface ReplicaStatus {
  readonly replica: string;
  readonly text: string;
}

export interface ElectionResult {
  /** Whether this replica leads until the next renewal. */
  readonly leads: boolean;
  /** The replica that leads, where it is another one. */
  readonly leader?: string | undefined;
  /** Of the other replicas. */
  readonly others: readonly ReplicaStatus[];
  /** Set where the others could not be reached; who led goes on until its lease is over. */
  readonly problem?: string | undefined;
}

export interface LeaderElection {
  /** Takes the lease where it is free, renews it where it is ours, publishes our status and reads the others'. Never rejects. */
  readonly renew: (status: string) => Promise<ElectionResult>;
  /** Gives the lease up, so that another replica leads at once. */
  readonly release: () => Promise<void>;
}

/** A replica without others. */
export function electAlone(): LeaderElection {
  return {
    renew: () => Promise.resolve({ leads: true, others: [] }),
    release: () => Promise.resolve(),
  };
}
