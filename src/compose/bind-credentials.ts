/** Binds the credentials of identities to requests: what each request tells of them, and what is said of its caller's. */
import { parseCredential } from '../identity/credentials/parse-credential.ts';
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
const TOKEN_MINTER = 'kube-controller-manager';
const CERTIFICATE_SIGNERS: ReadonlySet<string> = new Set([
  'certificate-controller',
  'kube-controller-manager',
]);
const BOOTSTRAP_GROUP = 'system:bootstrappers';

/** Built once for each configuration. */
export function bindCredentials(dependencies: CredentialDependencies): CredentialReader {
  const { settings, metrics } = dependencies;
  return (request, actor) => {
    if (!COVERED.has(actor.class)) return actor;
    const credential = believe(readCredential(request, actor, dependencies), settings);
    metrics?.increment('holdfast_credentials_total', { status: credential.status });
    if (credential.believed) learnFrom(request, actor, dependencies);
    return { ...actor, credential };
  };
}

type Reading = Pick<ActorCredential, 'status' | 'kind'>;

const OFF: Reading = { status: 'off', kind: 'none' };
const ABSENT: Reading = { status: 'absent', kind: 'none' };
const MISSING: Reading = { status: 'unknown', kind: 'none' };

/** Whether the configuration lets an identity pass with this. */
export function believe(
  { status, kind }: Reading,
  { mode, absent }: Pick<CredentialSettings, 'mode' | 'absent'>,
): ActorCredential {
  return { status, kind, believed: isBelieved(status, absent) || mode !== 'enforce' };
}

function isBelieved(status: Reading['status'], absent: CredentialSettings['absent']): boolean {
  switch (status) {
    case 'known':
    case 'off':
      return true;
    case 'unknown':
      return false;
    // The Secret was never read: then an identity is what it is on a cluster that shows no credentials.
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
  return { status: store.standingOf(username, shown.id), kind: shown.kind };
}

function learnFrom(
  request: AdmissionRequest,
  actor: ActorFact,
  { store, settings }: CredentialDependencies,
): void {
  if (store === undefined || settings.mode === 'off') return;
  const news = observeRequest(request);
  if (news === undefined || actor.class !== 'platform') return;
  if (news.what === 'certificate-signed') {
    const isSigner = CERTIFICATE_SIGNERS.has(actor.name ?? '');
    if (isSigner && isRightful(news, store)) store.learnSigned(news.username, news.id);
    return;
  }
  if (actor.name === TOKEN_MINTER && PLATFORM_IDENTITIES.has(news.username)) {
    store.expectToken(news.username, news.lifeMs);
  }
}

// A node renews its certificate with the one it has; a new node joins with a bootstrap token. Stops a signing request that
// somebody makes and approves for a node that is there already.
function isRightful(
  { username, requester }: Extract<CredentialNews, { what: 'certificate-signed' }>,
  store: CredentialStore,
): boolean {
  const { credential } = requester;
  if (requester.username === username && credential.status === 'shown') {
    return store.standingOf(username, credential.id) === 'known';
  }
  return requester.groups.includes(BOOTSTRAP_GROUP) && !store.showsCredential(username);
}
