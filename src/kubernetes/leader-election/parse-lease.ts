/** A Lease with the status of each replica in its annotations. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

const leaseSchema = z.looseObject({
  metadata: z.looseObject({
    resourceVersion: z.string().optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z
    .looseObject({
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.number().nullish(),
      renewTime: z.string().nullish(),
      leaseTransitions: z.number().nullish(),
    })
    .optional(),
});

/** As the API server stores it; unknown fields are kept. Source: coordination.k8s.io/v1. */
export type Lease = z.output<typeof leaseSchema>;

/** The published status of a replica. */
export interface PublishedStatus {
  readonly replica: string;
  /** The heartbeat: changes regularly while the replica is alive. */
  readonly heartbeat: string;
  readonly text: string;
}

const STATUS_PREFIX = 'replica-status.holdfast.dev/';

/** `undefined` if the value is not a Lease. */
export function parseLease(body: unknown): Lease | undefined {
  const parsed = leaseSchema.safeParse(body);
  return parsed.success ? parsed.data : undefined;
}

/** Every status, keyed by annotation. */
export function parseStatuses({ metadata }: Lease): ReadonlyMap<string, PublishedStatus> {
  const statuses = new Map<string, PublishedStatus>();
  for (const [name, value] of Object.entries(metadata.annotations ?? {})) {
    const [replica = '', heartbeat = '', ...text] = value.split('\n');
    if (name === statusAnnotation(replica)) {
      statuses.set(name, { replica, heartbeat, text: text.join('\n') });
    }
  }
  return statuses;
}

/** The annotation key of a replica: hashed, because a pod's name may be longer than an annotation's. */
export function statusAnnotation(replica: string): string {
  const digest = createHash('sha256').update(replica).digest('hex');
  return `${STATUS_PREFIX}${digest.slice(0, 32)}`;
}

/** The annotation's value. */
export function formatStatusAnnotation({ replica, heartbeat, text }: PublishedStatus): string {
  return `${replica}\n${heartbeat}\n${text}`;
}
