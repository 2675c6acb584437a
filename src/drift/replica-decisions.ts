/**
 * What a replica tells the others of its decisions, in the annotation of the Lease: each replica has a journal of its own, and a
 * change that another one has allowed is no drift.
 */
import { z } from 'zod';
import { parseJsonAs } from '../base/parse-json-as.ts';

const decisionSchema = z
  .object({
    object: z.string(),
    atMs: z.number(),
    isDeletion: z.boolean(),
    isCreation: z.boolean(),
    paths: z.array(z.string()).readonly().optional(),
  })
  .readonly();

/** An allowed request. */
export type ReplicaDecision = z.output<typeof decisionSchema>;

const statusSchema = z.array(decisionSchema).max(1000).readonly();

/** Ten replicas fit into the 256 KiB that Kubernetes allows for the annotations of one object. */
const STATUS_BYTES_MAX = 24 * 1024;

/** The newest that fit: an older one was told before. */
export function formatReplicaDecisions(decisions: readonly ReplicaDecision[]): string {
  const kept: string[] = [];
  let bytes = 2;
  for (const decision of decisions.toReversed()) {
    const text = JSON.stringify(decision);
    bytes += Buffer.byteLength(text) + 1;
    if (bytes > STATUS_BYTES_MAX) break;
    kept.push(text);
  }
  return `[${kept.toReversed().join(',')}]`;
}

/** None where it cannot be read: another version tells otherwise, and a change of its is told as drift. */
export function parseReplicaDecisions(text: string): readonly ReplicaDecision[] {
  return parseJsonAs(statusSchema, text) ?? [];
}
