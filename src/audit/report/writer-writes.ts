/** The last write of each GitOps controller to each object, from records: what its next sync is likely to repeat. */
import { z } from 'zod';
import { parseJsonAs } from '../../base/parse-json-as.ts';

const texts = z.array(z.string()).readonly();

const writeSchema = z
  .object({
    decisionId: z.string(),
    time: z.string(),
    operation: z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']),
    dryRun: z.boolean(),
    user: z
      .object({
        username: z.string(),
        uid: z.string().optional(),
        groups: texts,
        extra: z.record(z.string(), texts).readonly(),
      })
      .readonly(),
    actor: z.object({ class: z.literal('gitops') }).readonly(),
    object: z
      .object({
        group: z.string(),
        version: z.string(),
        resource: z.string(),
        subresource: z.string(),
        kind: z.string(),
        namespace: z.string(),
        name: z.string(),
      })
      .readonly(),
    change: z
      .object({
        paths: z
          .array(
            z
              .object({
                segments: z.array(z.union([z.string(), z.number()])).readonly(),
                kind: z.enum(['changed', 'added', 'removed']),
                from: z.string().optional(),
              })
              .readonly(),
          )
          .readonly(),
      })
      .readonly()
      .optional(),
  })
  .readonly();

/** A write of a GitOps controller, as far as its record tells. */
export type WriterWrite = z.output<typeof writeSchema>;

/** Each is read in the cluster and judged: a thousand take some seconds. */
const WRITES_MAX = 1000;

/** Collects the last writes, up to a limit. */
export class WriterWrites {
  readonly #writes = new Map<string, WriterWrite>();
  #leftOut = 0;

  /** A record that is no write of a GitOps controller is passed over, and so is a dry run, which Argo CD follows by the write. */
  add(recordJson: string): void {
    const write = parseJsonAs(writeSchema, recordJson);
    if (write === undefined || write.dryRun) return;
    const { user, object } = write;
    const { group, resource, subresource, namespace, name } = object;
    const key = JSON.stringify([user.username, group, resource, subresource, namespace, name]);
    const known = this.#writes.get(key);
    if (known === undefined && this.#writes.size >= WRITES_MAX) this.#leftOut += 1;
    else if (known === undefined || known.time <= write.time) this.#writes.set(key, write);
  }

  list(): readonly WriterWrite[] {
    return [...this.#writes.values()];
  }

  /** Writes to further objects, beyond the limit. */
  get leftOut(): number {
    return this.#leftOut;
  }
}
