/** Hides from a sink what it must not learn. The shape of a record stays: readers need not know of masks. */
import { createHmac } from 'node:crypto';
import type { AuditRecord, RecordedGrant } from '../audit-record.ts';

export type MaskedField =
  | 'user.username'
  | 'user.uid'
  | 'user.groups'
  | 'user.extra'
  | 'change.values'
  | 'message'
  | 'grant';

export interface RecordMask {
  readonly drop: readonly MaskedField[];
  readonly hash: readonly MaskedField[];
  /** Of the hash; empty where nothing is hashed. */
  readonly key: string;
}

/** What stands for a text that was dropped. */
export const DROPPED = '[masked]';

/** The text to show for a hidden one; `undefined` where nothing of it is shown. */
type Hide = (text: string) => string | undefined;

/** The record as the sink may see it. */
export function maskRecord(record: AuditRecord, { drop, hash, key }: RecordMask): AuditRecord {
  let masked = record;
  for (const field of drop) masked = MASKERS[field](masked, () => undefined);
  for (const field of hash) masked = MASKERS[field](masked, (text) => hashText(text, key));
  return masked;
}

function hashText(text: string, key: string): string {
  return `hmac-sha256:${createHmac('sha256', key).update(text).digest('hex')}`;
}

const MASKERS: Readonly<Record<MaskedField, (record: AuditRecord, hide: Hide) => AuditRecord>> = {
  'user.username': (record, hide) => {
    const username = hide(record.user.username) ?? DROPPED;
    return { ...record, user: { ...record.user, username } };
  },
  'user.uid': (record, hide) => {
    const { uid } = record.user;
    return { ...record, user: { ...record.user, uid: uid === undefined ? uid : hide(uid) } };
  },
  'user.groups': (record, hide) => ({
    ...record,
    user: { ...record.user, groups: hideAll(record.user.groups, hide) },
  }),
  'user.extra': (record, hide) => ({
    ...record,
    user: { ...record.user, extra: hideExtra(record.user.extra, hide) },
  }),
  'change.values': (record, hide) => {
    const { change } = record;
    if (change === undefined) return record;
    const paths = change.paths.map(({ from, to, ...path }) => ({
      ...path,
      ...(from !== undefined && { from: hide(from) }),
      ...(to !== undefined && { to: hide(to) }),
    }));
    return { ...record, change: { ...change, paths } };
  },
  message: (record, hide) => ({ ...record, message: hide(record.message) ?? DROPPED }),
  grant: (record, hide) =>
    record.grant === undefined ? record : { ...record, grant: hideGrant(record.grant, hide) },
};

function hideAll(texts: readonly string[], hide: Hide): readonly string[] {
  return texts.map(hide).filter((text) => text !== undefined);
}

// The keys are said by the API server's own set-up; what they say of a person are the values.
function hideExtra(
  extra: Readonly<Record<string, readonly string[]>>,
  hide: Hide,
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(extra).map(([key, values]) => [key, hideAll(values, hide)]),
  );
}

// That a grant was used, and which one, is what a sink is told of it at least.
function hideGrant(grant: RecordedGrant, hide: Hide): RecordedGrant {
  return {
    ...grant,
    subject: hide(grant.subject) ?? DROPPED,
    reason: hide(grant.reason) ?? DROPPED,
    ticket: hide(grant.ticket) ?? DROPPED,
    approvers: hideAll(grant.approvers, hide),
  };
}
