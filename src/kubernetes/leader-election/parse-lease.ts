/** A Lease with the boards of the replicas in its annotations. */
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

/** As the API server stores it, with what is not ours kept. Source: coordination.k8s.io/v1. */
export type Lease = z.output<typeof leaseSchema>;

/** What a replica has put on the board. */
export interface LeaseBoard {
  readonly replica: string;
  /** Changes now and then for as long as the replica lives. */
  readonly beat: string;
  readonly text: string;
}

const BOARD_PREFIX = 'board.holdfast.dev/';

/** `undefined` where it is no Lease. */
export function parseLease(body: unknown): Lease | undefined {
  const parsed = leaseSchema.safeParse(body);
  return parsed.success ? parsed.data : undefined;
}

/** Every board, by its annotation. */
export function parseBoards({ metadata }: Lease): ReadonlyMap<string, LeaseBoard> {
  const boards = new Map<string, LeaseBoard>();
  for (const [name, value] of Object.entries(metadata.annotations ?? {})) {
    const [replica = '', beat = '', ...text] = value.split('\n');
    if (name === boardName(replica)) boards.set(name, { replica, beat, text: text.join('\n') });
  }
  return boards;
}

/** The annotation of a replica: hashed, because a pod's name may be longer than an annotation's. */
export function boardName(replica: string): string {
  const digest = createHash('sha256').update(replica).digest('hex');
  return `${BOARD_PREFIX}${digest.slice(0, 32)}`;
}

/** The annotation's value. */
export function formatLeaseBoard({ replica, beat, text }: LeaseBoard): string {
  return `${replica}\n${beat}\n${text}`;
}
