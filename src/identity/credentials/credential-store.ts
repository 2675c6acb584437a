/**
 * What this replica knows of credentials: answers from memory, learns, and keeps in step with the other replicas through one
 * Secret.
 *
 * While the Secret was never read, every answer is `unavailable`. Once it was, what was last read is kept for as long as the
 * API server is away, and changes wait for it.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { addMs } from '../../base/clock.ts';
import type { ClusterClient, ClusterWriter } from '../../kubernetes/client/cluster-client.ts';
import {
  fingerprintOf,
  hashId,
  readCredentialSecret,
  writeCredentialSecret,
  type SecretPlace,
  type SecretReading,
} from './credential-secret.ts';
import {
  changeTable,
  findCredential,
  hasKnown,
  shortFingerprint,
  SEEN_GRANULARITY_MS,
  type CredentialChange,
  type CredentialEntry,
  type CredentialTable,
} from './credential-table.ts';
import type { CredentialKind } from './parse-credential.ts';
import type { CredentialSettings } from './settings.ts';
import { TokenRequests, type TokenMinter } from './token-requests.ts';

/** What the store says of one credential of one identity. */
export type CredentialStanding = 'known' | 'unknown' | 'unavailable';

export type SyncOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface CredentialStoreOptions {
  readonly client: ClusterClient & ClusterWriter;
  readonly clock: Clock;
  readonly settings: () => CredentialSettings;
}

/** Two replicas in the same moment are likely, five are not; each attempt is one read and one write. */
const ATTEMPTS_MAX = 5;
/** The start of the process waits for the first call: then it goes on without. */
const CALL_MS_MAX = 2000;
/** As long as the digest: RFC 2104 section 3. */
const KEY_BYTES = 32;
/** Between two synchronisations; what does not fit is seen again. */
const PENDING_MAX = 1000;
/** Fingerprints by username and id, so that a credential in use is hashed once. */
const HASHED_MAX = 10_000;

interface Memory {
  readonly key: Buffer;
  readonly table: CredentialTable;
}

/** One for the process; it outlives reloads of the configuration. */
export class CredentialStore {
  readonly #options: CredentialStoreOptions;
  readonly #fingerprints = new Map<string, string>();
  readonly #tokenRequests: TokenRequests;
  #memory: Memory | undefined;
  #pending: CredentialChange[] = [];

  constructor(options: CredentialStoreOptions) {
    this.#options = options;
    this.#tokenRequests = new TokenRequests({
      clock: options.clock,
      isMinterKnown: ({ username, id }) => this.standingOf(username, id) === 'known',
    });
  }

  /** What was last read and learned; absent while nothing was read. */
  get table(): CredentialTable | undefined {
    return this.#memory?.table;
  }

  /** Whether the identity is known to show a credential. */
  showsCredential(username: string): boolean {
    const { pinned } = this.#options.settings();
    return (
      pinned.some((pin) => pin.username === username) ||
      (this.#memory !== undefined && hasKnown(this.#memory.table, username))
    );
  }

  /** Whether the identity has shown any credential, known or not. */
  hasShown(username: string): boolean {
    return this.showsCredential(username) || this.#memory?.table.identities.has(username) === true;
  }

  /** The standing of a credential, by its id; from memory. */
  standingOf(username: string, id: string): CredentialStanding {
    const memory = this.#memory;
    if (this.#isPinned(username, id)) return 'known';
    if (memory === undefined) return 'unavailable';
    const entry = findCredential(memory.table, username, this.#fingerprint(memory, username, id));
    return entry?.learnedBy === undefined ? 'unknown' : 'known';
  }

  /** The first digits of a credential's fingerprint, as commands and messages show it; absent while nothing was read. */
  fingerprintOf(username: string, id: string): string | undefined {
    if (this.#memory === undefined) return undefined;
    return shortFingerprint(this.#fingerprint(this.#memory, username, id));
  }

  /** Notes that an identity showed a credential, and learns it where that may be. */
  see(
    username: string,
    { id, kind }: { readonly id: string; readonly kind: CredentialKind },
  ): void {
    const memory = this.#memory;
    if (memory === undefined) return;
    const atMs = this.#options.clock.wallMs();
    const fingerprint = this.#fingerprint(memory, username, id);
    const entry = findCredential(memory.table, username, fingerprint);
    const isCurrent = entry !== undefined && atMs - entry.lastSeenMs < SEEN_GRANULARITY_MS;
    if (isCurrent && entry.learnedBy !== undefined) return;
    const seen = { username, fingerprint, kind, atMs };
    if (entry?.learnedBy === undefined && kind === 'token') {
      const firstSeenMs = entry?.firstSeenMs ?? atMs;
      const changes = this.#claim(username, { fingerprint, kind, firstSeenMs, lastSeenMs: atMs });
      for (const change of changes) this.#change(change);
      if (changes.some(({ what }) => what === 'learned')) return;
    }
    const mayBeFirst = this.#isLearning(memory.table) && !this.showsCredential(username);
    if (isCurrent && !mayBeFirst) return;
    this.#change({ ...seen, what: 'seen', mayBeFirst });
  }

  /**
   * A token of this account was asked for: the next new one is known, once whoever asked is. A new leader of the controller
   * manager asks for all tokens before anybody has accepted its certificate.
   */
  expectToken(username: string, lifeMs: number, minter: TokenMinter): void {
    const { tokenRequestMs } = this.#options.settings();
    this.#tokenRequests.add(username, Math.min(lifeMs, tokenRequestMs), minter);
  }

  /** A certificate was signed for this identity. */
  learnSigned(username: string, id: string): void {
    const memory = this.#memory;
    if (memory === undefined) return;
    this.#change({
      what: 'learned',
      username,
      fingerprint: this.#fingerprint(memory, username, id),
      kind: 'certificate',
      atMs: this.#options.clock.wallMs(),
      learnedBy: 'signed',
    });
  }

  /** Reads the Secret, adds what was learned here, and writes it where that changed anything. Never rejects. */
  async synchronize(): Promise<SyncOutcome> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      const outcome = await this.#trySynchronize();
      if (outcome !== 'conflict') return outcome;
    }
    return {
      ok: false,
      reason: 'Other replicas wrote the Secret at the same time, again and again',
    };
  }

  async #trySynchronize(): Promise<SyncOutcome | 'conflict'> {
    const { client, clock, settings } = this.#options;
    const deadlineAtMs = addMs(clock.monotonicMs(), CALL_MS_MAX);
    const place: SecretPlace = { client, namespace: settings().namespace, deadlineAtMs };
    const reading = await readCredentialSecret(place);
    if (reading.status === 'unavailable') return { ok: false, reason: reading.reason };
    const stored = this.#storedOr(reading);
    this.#pending.push(...this.#findRequested(stored.table));
    const sent = new Set(this.#pending);
    const table = this.#applied(stored.table, this.#pending);
    if (reading.status === 'absent' || table !== stored.table) {
      const resourceVersion =
        reading.status === 'read' ? { resourceVersion: reading.resourceVersion } : {};
      const written = await writeCredentialSecret(place, { ...stored, table, ...resourceVersion });
      if (written.status === 'conflict') return 'conflict';
      if (written.status === 'failed') {
        // What can be read is used all the same: only what was learned here is not shared.
        this.#remember({ key: stored.key, table });
        return { ok: false, reason: written.reason };
      }
    }
    this.#pending = this.#pending.filter((change) => !sent.has(change));
    this.#remember({ key: stored.key, table: this.#applied(table, this.#pending) });
    return { ok: true };
  }

  // A Secret that somebody deleted is made again from memory: deleting it must not open the time of learning.
  #storedOr(reading: Exclude<SecretReading, { status: 'unavailable' }>): Memory {
    if (reading.status === 'read') return reading;
    return (
      this.#memory ?? {
        key: randomBytes(KEY_BYTES),
        table: { createdMs: this.#options.clock.wallMs(), identities: new Map() },
      }
    );
  }

  #remember(memory: Memory): void {
    if (this.#memory !== undefined && !this.#memory.key.equals(memory.key)) {
      this.#fingerprints.clear();
      this.#pending = [];
    }
    this.#memory = memory;
  }

  #change(change: CredentialChange): void {
    const memory = this.#memory;
    if (memory === undefined) return;
    const table = this.#applied(memory.table, [change]);
    if (table === memory.table) return;
    this.#memory = { ...memory, table };
    this.#pending.push(change);
    if (this.#pending.length <= PENDING_MAX) return;
    // Forged ids are without end, and are seen again: they push out nothing that was learned.
    const least = this.#pending.findIndex(
      (pending) => pending.what === 'seen' && !pending.mayBeFirst,
    );
    this.#pending.splice(Math.max(least, 0), 1);
  }

  #applied(table: CredentialTable, changes: readonly CredentialChange[]): CredentialTable {
    const bounds = {
      identitiesMax: this.#options.settings().identitiesMax,
      nowMs: this.#options.clock.wallMs(),
    };
    return changes.reduce((changed, change) => changeTable(changed, change, bounds), table);
  }

  #isLearning({ createdMs }: CredentialTable): boolean {
    const { firstMs, until } = this.#options.settings().learn;
    const nowMs = this.#options.clock.wallMs();
    return nowMs - createdMs < firstMs || (until !== undefined && nowMs < Date.parse(until));
  }

  #isPinned(username: string, id: string): boolean {
    const { pinned } = this.#options.settings();
    if (pinned.length === 0) return false;
    const credential = `sha256:${hashId(id)}`;
    return pinned.some((pin) => pin.username === username && pin.credential === credential);
  }

  // The token that was asked for through this replica may have been used through another one, or its minter may have been
  // accepted since.
  #findRequested(table: CredentialTable): readonly CredentialChange[] {
    return this.#tokenRequests.usernames.flatMap((username) =>
      (table.identities.get(username) ?? [])
        .filter(({ kind, learnedBy }) => kind === 'token' && learnedBy === undefined)
        .toSorted((one, other) => one.firstSeenMs - other.firstSeenMs)
        .flatMap((entry) => this.#claim(username, entry)),
    );
  }

  #claim(
    username: string,
    { fingerprint, kind, firstSeenMs, lastSeenMs }: Omit<CredentialEntry, 'learnedBy'>,
  ): readonly CredentialChange[] {
    const claim = this.#tokenRequests.claim(username, { fingerprint, firstSeenMs });
    switch (claim?.status) {
      case 'requested': {
        const seen = { username, fingerprint, kind, atMs: lastSeenMs };
        return [{ what: 'learned', ...seen, learnedBy: 'requested' }];
      }
      case 'doubted':
        return [{ what: 'doubted', username, fingerprint: claim.fingerprint }];
      case undefined:
        return [];
    }
  }

  #fingerprint({ key }: Memory, username: string, id: string): string {
    const place = `${username}\n${id}`;
    const found = this.#fingerprints.get(place);
    if (found !== undefined) return found;
    const fingerprint = fingerprintOf(key, username, hashId(id));
    const [oldest] = this.#fingerprints.keys();
    if (this.#fingerprints.size >= HASHED_MAX && oldest !== undefined) {
      this.#fingerprints.delete(oldest);
    }
    this.#fingerprints.set(place, fingerprint);
    return fingerprint;
  }
}
