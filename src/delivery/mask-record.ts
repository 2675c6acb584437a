/** Masks fields of a record for a sink. The record keeps its structure, so that readers need not handle masks. */
import { createHmac } from 'node:crypto';
import type { AuditRecord, RecordedGrant } from '../audit/audit-record.ts';
import { makeEntry } from '../audit/entry-json.ts';
import type { JournalEntry } from '../audit/journal.ts';
import type { MaskedField } from './settings.ts';

export interface RecordMask {
  readonly drop: readonly MaskedField[];
  readonly hash: readonly MaskedField[];
  /** The HMAC key; empty if nothing is hashed. */
  readonly key: string;
}

/** Replaces a dropped text. */
export const DROPPED = '[masked]';

/** The replacement of a hidden text; `undefined` if it is dropped. */
type Hide = (text: string) => string | undefined;

/** The masked record. */
export function maskRecord(record: AuditRecord, { drop, hash, key }: RecordMask): AuditRecord {
  // The request repeats what is masked.
  let masked = hasFields({ drop, hash }) ? withoutInput(record) : record;
  for (const field of drop) masked = MASKERS[field](masked, () => undefined);
  for (const field of hash) masked = MASKERS[field](masked, (text) => hashText(text, key));
  return masked;
}

function hasFields({ drop, hash }: Pick<RecordMask, 'drop' | 'hash'>): boolean {
  return drop.length > 0 || hash.length > 0;
}

function withoutInput(record: AuditRecord): AuditRecord {
  const { input, ...others } = record;
  return input === undefined ? record : others;
}

/** The entry with its record masked; the same entry, with its stored JSON, if the mask changes nothing. */
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
  message: (record, hide) => withMessages(record, (text) => hide(text) ?? DROPPED),
  grant: (record, hide) =>
    record.grant === undefined ? record : { ...record, grant: hideGrant(record.grant, hide) },
};

// The name must not leak through other fields: messages repeat it, and a grant names its subject.
function hideUsername(record: AuditRecord, hide: Hide): AuditRecord {
  const { user, actor, grant, folded } = record;
  const shown = hide(user.username) ?? DROPPED;
  const replace = (text: string): string => replaceName(text, user.username, shown);
  return {
    ...withMessages(record, replace),
    user: { ...user, username: shown },
    ...(actor !== undefined && {
      actor: { ...actor, proof: { ...actor.proof, reason: replace(actor.proof.reason) } },
    }),
    ...(grant !== undefined && { grant: { ...grant, subject: replace(grant.subject) } }),
    ...(folded?.refusals !== undefined && {
      folded: {
        ...folded,
        refusals: folded.refusals.map((refusal) => ({
          ...refusal,
          username: hide(refusal.username) ?? DROPPED,
        })),
      },
    }),
  };
}

/** The message of the answer, and that of a denial which only the mode of its policies prevented. */
function withMessages(record: AuditRecord, change: (text: string) => string): AuditRecord {
  const { message, wouldDeny } = record;
  return {
    ...record,
    message: change(message),
    ...(wouldDeny && { wouldDeny: { ...wouldDeny, message: change(wouldDeny.message) } }),
  };
}

/** Whole names only: a short name is part of many words. */
function replaceName(text: string, name: string, shown: string): string {
  if (name === '') return text;
  const escaped = name.replaceAll(/[\\^$.*+?()[\]{}|]/gu, String.raw`\$&`);
  return text.replaceAll(new RegExp(`(?<![\\w.:@-])${escaped}(?![\\w:@-])`, 'gu'), () => shown);
}

function hideAll(texts: readonly string[], hide: Hide): readonly string[] {
  return texts.map(hide).filter((text) => text !== undefined);
}

// The keys come from the API server's configuration; only the values identify a person.
function hideExtra(
  extra: Readonly<Record<string, readonly string[]>>,
  hide: Hide,
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(extra).map(([key, values]) => [key, hideAll(values, hide)]),
  );
}

// A sink always learns at least that a grant was used, and which one.
function hideGrant(grant: RecordedGrant, hide: Hide): RecordedGrant {
  return {
    ...grant,
    subject: hide(grant.subject) ?? DROPPED,
    reason: hide(grant.reason) ?? DROPPED,
    ticket: hide(grant.ticket) ?? DROPPED,
    approvers: hideAll(grant.approvers, hide),
  };
}
