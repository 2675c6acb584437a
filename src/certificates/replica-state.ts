/** What each replica publishes in its Lease: what it serves, and whether that is trusted. */
import { z } from 'zod';
import type { ReplicaStatus } from '../kubernetes/leader-election/leader-election.ts';

const schema = z.object({ served: z.string().max(128), trusted: z.boolean() });

export interface ReplicaState {
  readonly replica: string;
  /** SHA-256 of the leaf; empty before the replica serves one. */
  readonly fingerprint: string;
  /** Whether each registered caBundle trusts it, as far as this replica knows. */
  readonly isTrusted: boolean;
}

/** The text of a status. */
export function writeReplicaState({
  fingerprint,
  isTrusted,
}: Omit<ReplicaState, 'replica'>): string {
  return JSON.stringify({ served: fingerprint, trusted: isTrusted });
}

/** A status that cannot be read is that of a replica that serves something else: the old authority waits for it. */
export function readReplicaState({
  replica,
  text,
}: Pick<ReplicaStatus, 'replica' | 'text'>): ReplicaState {
  try {
    const { served, trusted } = schema.parse(JSON.parse(text));
    return { replica, fingerprint: served, isTrusted: trusted };
  } catch {
    return { replica, fingerprint: '', isTrusted: false };
  }
}
