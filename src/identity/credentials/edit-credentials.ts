/** Reads and changes the Secret of credentials by hand: what `holdfast credential` does. */
import { addMs, type Clock, type WallMs } from '../../base/clock.ts';
import { HoldfastError } from '../../errors.ts';
import type { ClusterClient, ClusterWriter } from '../../kubernetes/client/cluster-client.ts';
import {
  readCredentialSecret,
  writeCredentialSecret,
  type SecretPlace,
} from './credential-secret.ts';
import {
  changeTable,
  shortFingerprint,
  type CredentialChange,
  type CredentialEntry,
  type CredentialTable,
} from './credential-table.ts';

export interface CredentialEditorOptions {
  readonly client: ClusterClient & ClusterWriter;
  readonly clock: Clock;
  readonly namespace: string;
  readonly identitiesMax: number;
  readonly callMsMax: number;
}

/** Which of an identity's credentials: all that qualify, or the one whose fingerprint begins so. */
export interface CredentialChoice {
  readonly username: string;
  readonly fingerprint?: string | undefined;
}

export type ChosenCredential =
  | { readonly ok: true; readonly entry: CredentialEntry }
  | { readonly ok: false; readonly reason: string };

/** Replicas write every few seconds; each attempt is one read and one write. */
const ATTEMPTS_MAX = 5;

/** The table; `undefined` where no replica has made it yet. Throws a `HoldfastError` where it cannot be read. */
export async function readCredentials(
  options: CredentialEditorOptions,
): Promise<CredentialTable | undefined> {
  const reading = await readCredentialSecret(placeOf(options));
  if (reading.status === 'unavailable') throw new HoldfastError(reading.code, reading.reason);
  return reading.status === 'absent' ? undefined : reading.table;
}

/** The one unknown credential of an identity, or the one that is named. */
export function chooseUnknown(
  table: CredentialTable | undefined,
  { username, fingerprint }: CredentialChoice,
): ChosenCredential {
  const entries = table?.identities.get(username) ?? [];
  const unknown = entries.filter(
    (entry) =>
      entry.learnedBy === undefined &&
      (fingerprint === undefined || entry.fingerprint.startsWith(fingerprint)),
  );
  const [entry, ...others] = unknown;
  if (entry === undefined) {
    const which = fingerprint === undefined ? 'unknown credential' : `unknown "${fingerprint}"`;
    return { ok: false, reason: `"${username}" has shown no ${which}` };
  }
  if (others.length > 0) {
    const names = unknown.map((each) => shortFingerprint(each.fingerprint)).join(', ');
    return {
      ok: false,
      reason: `"${username}" has shown several unknown ones: name one of ${names}`,
    };
  }
  return { ok: true, entry };
}

/** A choice that became known. */
export function planAcceptance(
  { username }: CredentialChoice,
  { fingerprint, kind }: CredentialEntry,
  atMs: WallMs,
): CredentialChange {
  return { what: 'learned', username, fingerprint, kind, atMs, learnedBy: 'accepted' };
}

/** Makes a change that is planned on the table as it is stored. Throws a `HoldfastError` where it cannot be written. */
export async function editCredentials(
  options: CredentialEditorOptions,
  change: CredentialChange,
): Promise<void> {
  const { clock, identitiesMax } = options;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const place = placeOf(options);
    const reading = await readCredentialSecret(place);
    if (reading.status === 'unavailable') throw new HoldfastError(reading.code, reading.reason);
    if (reading.status === 'absent') return;
    const table = changeTable(reading.table, change, { identitiesMax, nowMs: clock.wallMs() });
    const { key, resourceVersion } = reading;
    const written = await writeCredentialSecret(place, { key, table, resourceVersion });
    if (written.status === 'written') return;
    if (written.status === 'failed') throw new HoldfastError('lookup_failed', written.reason);
  }
  throw new HoldfastError('lookup_failed', 'The Secret of credentials changes all the time');
}

function placeOf({ client, namespace, clock, callMsMax }: CredentialEditorOptions): SecretPlace {
  return { client, namespace, deadlineAtMs: addMs(clock.monotonicMs(), callMsMax) };
}
