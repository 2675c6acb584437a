/**
 * Which credentials belong to which identity: pure data, and what changes it.
 *
 * The first credential of an identity is learned while learning is open, and no other one by itself: whoever comes later
 * under the same name has to be proven (a token that was asked for, a certificate that was signed) or accepted.
 */
import type { WallMs } from '../../base/clock.ts';
import type { CredentialKind } from './parse-credential.ts';

/**
 * How a credential came to be known.
 * - `first`: it was the first one seen of its identity while learning was open
 * - `requested`: a token that was asked for by a known credential shortly before
 * - `signed`: a certificate whose signing request was seen
 * - `accepted`: by hand
 */
export const LEARNED_BY = ['first', 'requested', 'signed', 'accepted'] as const;
export type LearnedBy = (typeof LEARNED_BY)[number];

export interface CredentialEntry {
  /** Keyed hash of username and id, in hexadecimal digits. */
  readonly fingerprint: string;
  readonly kind: CredentialKind;
  readonly firstSeenMs: WallMs;
  readonly lastSeenMs: WallMs;
  /** Absent while it is unknown. */
  readonly learnedBy?: LearnedBy | undefined;
}

/** The credentials of each identity by username, the oldest first. */
export interface CredentialTable {
  readonly createdMs: WallMs;
  readonly identities: ReadonlyMap<string, readonly CredentialEntry[]>;
}

export type CredentialChange =
  | {
      readonly what: 'seen';
      readonly username: string;
      readonly fingerprint: string;
      readonly kind: CredentialKind;
      readonly atMs: WallMs;
      /** Learned where the identity has no known credential of any kind. */
      readonly mayBeFirst: boolean;
    }
  | {
      readonly what: 'learned';
      readonly username: string;
      readonly fingerprint: string;
      readonly kind: CredentialKind;
      readonly atMs: WallMs;
      readonly learnedBy: LearnedBy;
    }
  /** Another token claims the request by which this one was learned: then neither is known. */
  | { readonly what: 'doubted'; readonly username: string; readonly fingerprint: string }
  | { readonly what: 'forgotten'; readonly username: string; readonly fingerprint?: string };

export interface TableBounds {
  readonly identitiesMax: number;
  readonly nowMs: WallMs;
}

/** A credential in use is written down again after so long, and no more often: each writing is one for all replicas. */
export const SEEN_GRANULARITY_MS = 60 * 60_000;
/** Controller tokens live for an hour and overlap; a few replicas of an operator have one each. */
const KNOWN_MAX = 16;
/** Forged ids are without end. What is real is seen again. */
const UNKNOWN_MAX = 4;
const SHOWN_DIGITS = 12;
/** As the configuration allows them; names of nodes are shorter. Stops invented names that the stored table cannot hold. */
export const USERNAME_CHARS_MAX = 1024;
/** A Secret holds 1 MiB; what is beside the table needs little. */
const TABLE_BYTES_MAX = 900_000;
/** Of one entry, and of what surrounds an identity, in the stored text. */
const ENTRY_BYTES = 96;
/** Of one character of a username that JSON escapes, or UTF-8 encodes in several bytes. */
const ESCAPED_BYTES = 6;
const PLAIN_NAME = /^[\w.:@/ -]*$/u;
const DAY_MS = 24 * 60 * 60_000;
const AGE_MS_MAX: Readonly<Record<CredentialKind | 'unknown', number>> = {
  // Client certificates of kubeadm live for a year.
  certificate: 400 * DAY_MS,
  token: 2 * DAY_MS,
  unknown: 7 * DAY_MS,
};

/** The table with a change made, within its bounds. The same table where nothing changes. */
export function changeTable(
  table: CredentialTable,
  change: CredentialChange,
  { identitiesMax, nowMs }: TableBounds,
): CredentialTable {
  if (change.username.length > USERNAME_CHARS_MAX) return table;
  const before = table.identities.get(change.username) ?? [];
  const after = changeEntries(before, change);
  if (after === before) return table;
  const identities = new Map(table.identities);
  identities.delete(change.username);
  const kept = bound(after, nowMs);
  if (kept.length > 0) identities.set(change.username, kept);
  while (identities.size > identitiesMax || bytesOf(identities) > TABLE_BYTES_MAX) {
    identities.delete(leastWorth(identities));
  }
  return { ...table, identities };
}

/** The digits that tell the credentials of an identity apart for people. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.slice(0, SHOWN_DIGITS);
}

/** What is known of one credential of an identity. */
export function findCredential(
  table: CredentialTable,
  username: string,
  fingerprint: string,
): CredentialEntry | undefined {
  return table.identities.get(username)?.find((entry) => entry.fingerprint === fingerprint);
}

/** Whether the identity is known to show a credential. */
export function hasKnown(table: CredentialTable, username: string): boolean {
  return (table.identities.get(username) ?? []).some(isKnown);
}

function isKnown({ learnedBy }: CredentialEntry): boolean {
  return learnedBy !== undefined;
}

function changeEntries(
  entries: readonly CredentialEntry[],
  change: CredentialChange,
): readonly CredentialEntry[] {
  if (change.what === 'forgotten') {
    const { fingerprint } = change;
    return fingerprint === undefined
      ? []
      : entries.filter((entry) => entry.fingerprint !== fingerprint);
  }
  if (change.what === 'doubted') return doubt(entries, change.fingerprint);
  const { fingerprint, kind, atMs } = change;
  const known = entries.find((entry) => entry.fingerprint === fingerprint);
  const learnedBy = known?.learnedBy ?? reasonToLearn(entries, change);
  if (
    known !== undefined &&
    known.learnedBy === learnedBy &&
    atMs - known.lastSeenMs < SEEN_GRANULARITY_MS
  ) {
    return entries;
  }
  const entry: CredentialEntry = {
    fingerprint,
    kind,
    firstSeenMs: known?.firstSeenMs ?? atMs,
    lastSeenMs: Math.max(atMs, known?.lastSeenMs ?? atMs),
    ...(learnedBy && { learnedBy }),
  };
  return [...entries.filter((other) => other !== known), entry];
}

// What somebody accepted by hand since stays accepted.
function doubt(
  entries: readonly CredentialEntry[],
  fingerprint: string,
): readonly CredentialEntry[] {
  const isDoubted = (entry: CredentialEntry): boolean =>
    entry.fingerprint === fingerprint && entry.learnedBy === 'requested';
  if (!entries.some(isDoubted)) return entries;
  return entries.map((entry) => (isDoubted(entry) ? { ...entry, learnedBy: undefined } : entry));
}

// Where several were shown and none is known, nobody can tell which was first.
function reasonToLearn(
  entries: readonly CredentialEntry[],
  change: Extract<CredentialChange, { what: 'learned' | 'seen' }>,
): LearnedBy | undefined {
  if (change.what === 'learned') return change.learnedBy;
  const isOnly = entries.every(({ fingerprint }) => fingerprint === change.fingerprint);
  return change.mayBeFirst && isOnly ? 'first' : undefined;
}

function bound(entries: readonly CredentialEntry[], nowMs: WallMs): readonly CredentialEntry[] {
  const young = entries.filter(
    ({ kind, learnedBy, lastSeenMs }) =>
      nowMs - lastSeenMs <= AGE_MS_MAX[learnedBy === undefined ? 'unknown' : kind],
  );
  const kept = new Set([
    ...young.filter(isKnown).slice(-KNOWN_MAX),
    ...young.filter((entry) => !isKnown(entry)).slice(-UNKNOWN_MAX),
  ]);
  return young.filter((entry) => kept.has(entry));
}

/** At least as many as the stored text has. */
function bytesOf(identities: CredentialTable['identities']): number {
  let bytes = 0;
  for (const [username, entries] of identities) {
    const charBytes = PLAIN_NAME.test(username) ? 1 : ESCAPED_BYTES;
    bytes += username.length * charBytes + (entries.length + 1) * ENTRY_BYTES;
  }
  return bytes;
}

// Names without a known credential are an attacker's to invent: they go first, then what was not seen for longest.
function leastWorth(identities: CredentialTable['identities']): string {
  let least = '';
  let worth = Infinity;
  for (const [username, entries] of identities) {
    const seen = Math.max(0, ...entries.map(({ lastSeenMs }) => lastSeenMs));
    const value = entries.some(isKnown) ? seen : seen / Number.MAX_SAFE_INTEGER;
    if (value < worth) [least, worth] = [username, value];
  }
  return least;
}
