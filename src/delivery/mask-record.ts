/** Hides from a sink what it must not learn. The shape of a record stays: readers need not know of masks. */
import { createHmac } from 'node:crypto';
import type { AuditRecord, RecordedGrant } from '../audit/audit-record.ts';
import { makeEntry } from '../audit/entry-json.ts';
import type { JournalEntry } from '../audit/journal.ts';
import type { MaskedField } from './settings.ts';

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

/** The entry with its record masked; the same entry, with its stored JSON, where the mask changes nothing. */
export function maskEntry(
  entry: JournalEntry,
  mask: (record: AuditRecord) => AuditRecord,
): JournalEntry {
  const masked = mask(entry.record);
  return masked === entry.record ? entry : makeEntry(entry.sequence, entry.hash, masked);
}

function hashText(text: string, key: string): string {
  return `hmac-sha256:${createHmac('sha256', key).update(text).digest('hex')}`;
}

const MASKERS: Readonly<Record<MaskedField, (record: AuditRecord, hide: Hide) => AuditRecord>> = {
  'user.username': hideUsername,
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

// The name must not come in by another door: sentences about a request repeat it, and a grant is for somebody.
function hideUsername(record: AuditRecord, hide: Hide): AuditRecord {
  const { user, actor, grant, message } = record;
  const shown = hide(user.username) ?? DROPPED;
  const replace = (text: string): string => replaceName(text, user.username, shown);
  return {
    ...record,
    user: { ...user, username: shown },
    message: replace(message),
    ...(actor !== undefined && {
      actor: { ...actor, proof: { ...actor.proof, reason: replace(actor.proof.reason) } },
    }),
    ...(grant !== undefined && { grant: { ...grant, subject: replace(grant.subject) } }),
  };
}

/** Whole names only: a short one is a part of many words. */
function replaceName(text: string, name: string, shown: string): string {
  if (name === '') return text;
  const escaped = name.replaceAll(/[\\^$.*+?()[\]{}|]/gu, String.raw`\$&`);
  return text.replaceAll(new RegExp(`(?<![\\w.:@-])${escaped}(?![\\w:@-])`, 'gu'), () => shown);
}

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
