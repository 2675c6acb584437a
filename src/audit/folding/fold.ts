/** One open fold: counts the refusals that joined it since its last summary. */
import type { MonotonicMs, WallMs } from '../../base/clock.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { partyOf } from '../../kubernetes/party.ts';
import {
  ANY_VALUE,
  type AuditRecord,
  type FoldedRefusal,
  type FoldedRefusals,
} from '../audit-record.ts';
import type { JournalPlace } from '../journal.ts';
import { formatObjectKey } from '../verify/index-record.ts';
import type { FoldKind } from './plan-fold.ts';

/** Enough to find the requests in the API server's audit log. */
const REQUEST_UIDS_MAX = 5;

/** A fold. Its identifier is the decision that opened it, and the answer to everything that joins names that decision. */
export class Fold {
  readonly by: FoldKind;
  readonly key: string;
  readonly opening: AuditRecord;
  readonly #listedMax: number;
  #windowStartedAtMs: MonotonicMs;
  #part = 1;
  #counted: Counted = nothing();
  /** What all refusals of the part have in common. */
  #common: AuditRecord;

  constructor(
    opening: AuditRecord,
    { by, key }: { readonly by: FoldKind; readonly key: string },
    { nowMs, listedMax }: { readonly nowMs: MonotonicMs; readonly listedMax: number },
  ) {
    this.opening = opening;
    this.by = by;
    this.key = key;
    this.#listedMax = listedMax;
    this.#windowStartedAtMs = nowMs;
    this.#common = opening;
  }

  get id(): string {
    return this.opening.decisionId;
  }

  get windowStartedAtMs(): MonotonicMs {
    return this.#windowStartedAtMs;
  }

  /** The refusals since the last summary. */
  get count(): number {
    return this.#counted.count;
  }

  /** Identifies the part that is counted now. */
  get partKey(): string {
    return `${this.id}/${this.#part}`;
  }

  join(record: AuditRecord): void {
    const counted = this.#counted;
    counted.count += 1;
    counted.first ??= record.time;
    counted.last = record.time;
    counted.lastUid = record.requestUid;
    if (counted.requestUids.length < REQUEST_UIDS_MAX) counted.requestUids.push(record.requestUid);
    if (this.by === 'request') return;
    this.#common = commonOf(this.#common, record);
    this.#list(record);
  }

  /** The record that stands for the refusals of this part. */
  summarize(nowMs: WallMs, opened: JournalPlace | undefined): AuditRecord {
    const folded = this.#describe(opened);
    return {
      ...this.#common,
      time: new Date(nowMs).toISOString(),
      requestUid: this.#counted.lastUid,
      message: formatSummary(this.id, this.#common, folded),
      // The opening record has them.
      change: undefined,
      source: undefined,
      initiatedBy: undefined,
      timings: undefined,
      trace: undefined,
      durationMs: 0,
      folded,
    };
  }

  /** Begins the next part, and a window. */
  beginPart(nowMs: MonotonicMs): void {
    this.#windowStartedAtMs = nowMs;
    if (this.#counted.count === 0) return;
    this.#part += 1;
    this.#counted = nothing();
    this.#common = this.opening;
  }

  #list({ user, operation, object, managedBy }: AuditRecord): void {
    const { refusals } = this.#counted;
    const listed = {
      username: user.username,
      operation,
      object: formatObjectKey(object),
      kind: object.kind,
      ...(managedBy !== undefined && { managedBy }),
    };
    const key = canonicalJson(listed);
    const known = refusals.get(key);
    if (known !== undefined) refusals.set(key, { ...known, count: known.count + 1 });
    else if (refusals.size < this.#listedMax) refusals.set(key, { ...listed, count: 1 });
    else this.#counted.unlisted += 1;
  }

  #describe(opened: JournalPlace | undefined): FoldedRefusals {
    const { count, first, last, requestUids, refusals, unlisted } = this.#counted;
    return {
      by: this.by,
      part: this.#part,
      count,
      first: first ?? this.opening.time,
      last: last ?? this.opening.time,
      ...(opened !== undefined && {
        opening: { sequence: opened.sequence, hash: opened.hash },
      }),
      requestUids: [...requestUids],
      ...(this.by === 'code' && { refusals: [...refusals.values()], unlisted }),
    };
  }
}

interface Counted {
  count: number;
  first?: string;
  last?: string;
  lastUid: string;
  readonly requestUids: string[];
  readonly refusals: Map<string, FoldedRefusal>;
  unlisted: number;
}

function nothing(): Counted {
  return { count: 0, lastUid: '', requestUids: [], refusals: new Map(), unlisted: 0 };
}

/** What two refusals have in common; a value that differs becomes `*`. */
function commonOf(
  common: AuditRecord,
  { user, object, managedBy, actor }: AuditRecord,
): AuditRecord {
  const same = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);
  const isSameUser = common.user.username === user.username;
  return {
    ...common,
    user: isSameUser
      ? { ...common.user, extra: same(common.user.extra, user.extra) ? user.extra : {} }
      : { username: `${partyOf(user.username)}${ANY_VALUE}`, groups: [], extra: {} },
    // Class and grade are the same in a fold.
    actor: same(common.actor, actor) ? actor : withoutReason(actor),
    object: {
      group: either(common.object.group, object.group),
      version: either(common.object.version, object.version),
      resource: either(common.object.resource, object.resource),
      subresource: either(common.object.subresource, object.subresource),
      kind: either(common.object.kind, object.kind),
      namespace: either(common.object.namespace, object.namespace),
      name: either(common.object.name, object.name),
      uid: common.object.uid === object.uid ? object.uid : undefined,
    },
    managedBy: same(common.managedBy, managedBy) ? managedBy : undefined,
  };
}

function withoutReason(actor: AuditRecord['actor']): AuditRecord['actor'] {
  if (actor === undefined) return undefined;
  const { grade, sufficient } = actor.proof;
  return {
    class: actor.class,
    proof: { grade, sufficient, reason: 'These requests had different reasons' },
  };
}

function either(one: string, other: string): string {
  return one === other ? one : ANY_VALUE;
}

function formatSummary(
  id: string,
  { user, code }: Pick<AuditRecord, 'user' | 'code'>,
  { by, count, first, last, refusals = [], unlisted = 0 }: FoldedRefusals,
): string {
  const times = `${count} ${count === 1 ? 'request' : 'requests'}`;
  const span = `from ${first} to ${last}`;
  if (by === 'request') return `Refused ${times} like the one of decision ${id}, ${span}`;
  const more = unlisted === 0 ? '' : `, ${unlisted} of them not listed`;
  return (
    `Refused ${times} of "${user.username}" with ${code} after the one of decision ${id}, ${span}: ` +
    `${refusals.length} different ones${more}`
  );
}
