/** What the simulation knows of the records: which are in the journal, and which were acknowledged to whoever waited for them. */
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import { sampleRecord } from '../journal-samples.ts';

export interface KnownRecord {
  readonly sequence: number;
  readonly hash: string;
  readonly record: AuditRecord;
}

const ACTORS = 3;
const OBJECTS = 4;
const SHOP = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  subresource: '',
  kind: 'Deployment',
  namespace: 'shop',
};

/** A record of a denied write, of an allowed one, or of one by the GitOps controller. */
export function makeRecord(
  number: number,
  { random, nowMs }: { readonly random: () => number; readonly nowMs: number },
): AuditRecord {
  const object = { ...SHOP, name: `app-${Math.floor(random() * OBJECTS)}` };
  const time = new Date(nowMs).toISOString();
  const message = 'x'.repeat(Math.floor(random() ** 3 * 2000));
  const kind = random();
  if (kind < 0.4) {
    const username = `actor-${Math.floor(random() * ACTORS)}`;
    const user = { username, groups: [], extra: {} };
    return sampleRecord(number, { time, object, message, user });
  }
  const allowed = { allowed: true, code: 'allowed', message, policies: [] };
  if (kind < 0.8) return sampleRecord(number, { ...allowed, time, object });
  return sampleRecord(number, {
    ...allowed,
    time,
    object,
    user: { username: 'system:serviceaccount:argocd:controller', groups: [], extra: {} },
    actor: {
      class: 'gitops',
      proof: { grade: 'pod-bound', sufficient: true, reason: 'It is bound to a pod' },
    },
  });
}

/** The number with which a record was made. */
export function numberOf({ decisionId }: Pick<AuditRecord, 'decisionId'>): number {
  return Number(decisionId.slice(-6));
}

/** By sequence; what was acknowledged must be in the journal for ever, until retention removes it. */
export class KnownRecords {
  readonly bySequence = new Map<number, KnownRecord>();
  readonly acknowledged = new Set<number>();
  #lastSequence = 0;

  get lastSequence(): number {
    return this.#lastSequence;
  }

  add(known: KnownRecord): void {
    this.bySequence.set(known.sequence, known);
    this.#lastSequence = Math.max(this.#lastSequence, known.sequence);
  }

  /** After one number and up to another one, in order. */
  between(after: number, through: number): readonly KnownRecord[] {
    const found: KnownRecord[] = [];
    const end = Math.min(through, this.#lastSequence);
    for (let sequence = after + 1; sequence <= end; sequence += 1) {
      const known = this.bySequence.get(sequence);
      if (known !== undefined) found.push(known);
    }
    return found;
  }
}
