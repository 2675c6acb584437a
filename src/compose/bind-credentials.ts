/** Binds the credentials of identities to requests: what each request tells of them, and what is said of its caller's. */
import { parseCredential, type CredentialKind } from '../identity/credentials/parse-credential.ts';
import { observeRequest, type CredentialNews } from '../identity/credentials/observe-request.ts';
import type { CredentialStore } from '../identity/credentials/credential-store.ts';
import type { CredentialSettings } from '../identity/credentials/settings.ts';
import type { ActorClass, ActorCredential, ActorFact } from '../identity/actor.ts';
import { PLATFORM_IDENTITIES } from '../identity/platform-identities.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface CredentialDependencies {
  /** Absent where there is no cluster to keep them in: then nobody can tell. */
  readonly store?: CredentialStore | undefined;
  readonly settings: CredentialSettings;
  readonly metrics?: Metrics | undefined;
}

/** The actor with what is known of its credential. Answers from memory. */
export type CredentialReader = (request: AdmissionRequest, actor: ActorFact) => ActorFact;

const COVERED: ReadonlySet<ActorClass> = new Set(['platform', 'node', 'operator']);
/** The API server's own client shows no credential: whoever shows one under its name is somebody else. */
const OWN_CLIENT = 'apiserver';
/** Who asks for the tokens of control-plane accounts. */
const TOKEN_MINTERS = usernamesOf(['kube-controller-manager']);
/** Who signs the certificates of nodes; the second one where all controllers act under one name. */
const CERTIFICATE_SIGNERS = usernamesOf(['certificate-controller', 'kube-controller-manager']);
const SERVICE_ACCOUNT_PREFIX = 'system:serviceaccount:';

/** Built once for each configuration. */
export function bindCredentials(dependencies: CredentialDependencies): CredentialReader {
  const { settings, metrics } = dependencies;
  return (request, actor) => {
    if (!COVERED.has(actor.class)) return actor;
    const credential = believe(readCredential(request, actor, dependencies), settings);
    metrics?.increment('holdfast_credentials_total', { status: credential.status });
    learnFrom(request, { ...actor, credential }, dependencies);
    return { ...actor, credential };
  };
}

type Reading = Pick<ActorCredential, 'status' | 'kind' | 'fingerprint'>;

const OFF: Reading = { status: 'off', kind: 'none' };
const ABSENT: Reading = { status: 'absent', kind: 'none' };
const MISSING: Reading = { status: 'unknown', kind: 'none' };

/** Whether the configuration lets an identity pass with this. */
export function believe(
  reading: Reading,
  { mode, absent }: Pick<CredentialSettings, 'mode' | 'absent'>,
): ActorCredential {
  return { ...reading, believed: isBelieved(reading.status, absent) || mode !== 'enforce' };
}

function isBelieved(status: Reading['status'], absent: CredentialSettings['absent']): boolean {
  switch (status) {
    case 'known':
    case 'off':
      return true;
    case 'unknown':
      return false;
    // Nobody can tell: then an identity is what it is on a cluster that shows no credentials.
    case 'absent':
    case 'unavailable':
      return absent === 'accept';
  }
}

function readCredential(
  { userInfo, dryRun }: AdmissionRequest,
  actor: ActorFact,
  { store, settings }: CredentialDependencies,
): Reading {
  if (settings.mode === 'off') return OFF;
  const shown = parseCredential(userInfo);
  if (store === undefined) return { status: 'unavailable', kind: 'none' };
  const { username } = actor;
  // Tokens of operators change every hour, and nobody is seen to ask for them: their pods speak for them.
  if (actor.class === 'operator' && shown.status === 'shown' && shown.kind === 'token') {
    return { status: 'unavailable', kind: 'token' };
  }
  if (shown.status === 'absent') return store.showsCredential(username) ? MISSING : ABSENT;
  if (shown.status === 'malformed' || actor.name === OWN_CLIENT) return MISSING;
  if (dryRun !== true) store.see(username, shown);
  const { kind } = shown;
  const status = store.standingOf(username, shown.id);
  if (status !== 'unknown') return { status, kind };
  if (!isFollowed(actor, kind, store)) return { status: 'unavailable', kind };
  return { status, kind, fingerprint: store.fingerprintOf(username, shown.id) };
}

/**
 * Whether the next credential of this identity is seen to be issued. Tokens change every hour and the certificates of nodes
 * by themselves: on a cluster whose minter or signer shows no credential that is known, nobody can tell a renewed one from a
 * forged one, and calling it unknown would stop the real controller.
 */
function isFollowed(
  { class: actorClass, username }: ActorFact,
  kind: CredentialKind,
  store: CredentialStore,
): boolean {
  if (actorClass === 'platform' && username.startsWith(SERVICE_ACCOUNT_PREFIX)) {
    return isAnyKnown(TOKEN_MINTERS, store);
  }
  if (actorClass === 'node' && kind === 'certificate') {
    return isAnyKnown(CERTIFICATE_SIGNERS, store);
  }
  return true;
}

function isAnyKnown(usernames: ReadonlySet<string>, store: CredentialStore): boolean {
  return [...usernames].some((username) => store.showsCredential(username));
}

// Only a credential tells of others, and only once it is known. Stops whoever wears the name of the controller that signs
// or mints before it was first seen, and has a certificate or a token of his own learned.
function learnFrom(
  request: AdmissionRequest,
  { username, class: actorClass, credential }: ActorFact,
  { store, settings }: CredentialDependencies,
): void {
  if (store === undefined || settings.mode === 'off' || actorClass !== 'platform') return;
  const news = observeRequest(request);
  if (news === undefined) return;
  const shown = parseCredential(request.userInfo);
  if (shown.status !== 'shown') return;
  if (news.what === 'certificate-signed') {
    const isSigner = CERTIFICATE_SIGNERS.has(username) && credential?.status === 'known';
    if (isSigner && isRightful(news, store)) store.learnSigned(news.username, news.id);
    return;
  }
  if (TOKEN_MINTERS.has(username) && PLATFORM_IDENTITIES.has(news.username)) {
    store.expectToken(news.username, news.lifeMs, { username, id: shown.id });
  }
}

/** The usernames of rows of the control plane. */
function usernamesOf(rows: readonly string[]): ReadonlySet<string> {
  const named = [...PLATFORM_IDENTITIES].filter(([, row]) => rows.includes(row));
  return new Set(named.map(([username]) => username));
}

// A node that is known renews its certificate with the one it has. One that joins is known by nothing but the approval of
// its request, which the signer demands: with a bootstrap token, or by what a cloud knows of its machines. Stops a signing
// request that somebody makes and approves for a node that is there already, known or not.
function isRightful(
  { username, requester }: Extract<CredentialNews, { what: 'certificate-signed' }>,
  store: CredentialStore,
): boolean {
  const { credential } = requester;
  if (!store.hasShown(username)) return true;
  return (
    requester.username === username &&
    credential.status === 'shown' &&
    store.standingOf(username, credential.id) === 'known'
  );
}
