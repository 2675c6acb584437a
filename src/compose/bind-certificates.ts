/** Binds the certificates: those that Holdfast makes itself, and in any case what is registered for those that it serves. */
import { dirname } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { describeFileError } from '../base/describe-file-error.ts';
import { makeFolder } from '../base/make-folder.ts';
import { systemWait } from '../base/wait.ts';
import { CertificateCluster } from '../certificates/certificate-cluster.ts';
import { CertificateKeeper } from '../certificates/certificate-keeper.ts';
import { readPair } from '../certificates/certificate-folder.ts';
import { classifyTrust } from '../certificates/classify-trust.ts';
import type { Trust } from '../certificates/classify-trust.ts';
import { decidePauseMs } from '../certificates/decide-pause.ts';
import { decideReadiness } from '../certificates/decide-readiness.ts';
import { parseRequestedNames } from '../certificates/parse-alternative-names.ts';
import type { AlternativeNames } from '../certificates/parse-alternative-names.ts';
import { CERTIFICATES_SECRET } from '../certificates/parse-certificate-secret.ts';
import { parseCertificates } from '../certificates/parse-certificates.ts';
import type { ReplicaState } from '../certificates/replica-state.ts';
import type { CertificateIssuer } from '../certificates/rotation-actor.ts';
import type { Configuration } from '../config/schema.ts';
import { HoldfastError } from '../errors.ts';
import { createClusterClient } from '../kubernetes/client/client.ts';
import { LeaseElection } from '../kubernetes/leader-election/lease-election.ts';
import { REGISTRATION_NAME, WEBHOOK_NAMES } from '../registration/plan-registration.ts';
import type { ReadinessCheck } from '../server/operations-routes.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { followTurns, type FollowedTurns } from './follow-turns.ts';
import { findOwnNamespace } from './own-namespace.ts';
import { watchRegistration } from './watch-registration.ts';
import type { RegistrationWatch } from './watch-registration.ts';

export interface CertificateDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly replica: string;
}

export interface BoundCertificates {
  /** Told what is served, in PEM, the leaf first. */
  readonly serve: (certificatePem: string) => void;
  /** In PEM, what has to be registered first to be trusted, where Holdfast makes its certificates; empty before there is any. */
  readonly authorityPem: () => string;
  readonly readinessChecks: readonly ReadinessCheck[];
  /** Looks again and again from now on. */
  readonly follow: () => void;
  readonly close: () => Promise<void>;
}

/** What is asked of a part that looks at the certificates. */
interface Watcher {
  readonly serve: (certificatePem: string) => void;
  readonly authorityPem: () => string;
  readonly turn: () => Promise<void>;
  readonly trust: () => Trust;
  readonly others: () => readonly ReplicaState[];
  readonly problem: () => string | undefined;
  readonly close: () => Promise<void>;
}

type CertificateConfiguration = Pick<Configuration, 'certificates' | 'kubernetes' | 'server'>;

/** One object is read after the other. */
const CONNECTIONS_MAX = 2;
/** The Lease by which one replica leads. */
const LEASE_NAME = 'holdfast-certificates';
/** As leaders of the control plane have it: a leader that dies is replaced before a certificate is in need. */
const LEASE_MS = 15_000;
/** Where nothing of it is ours to mend. */
const WATCH_MS = 10_000;
/** The Service of the chart. */
const SERVICE_NAME = 'holdfast';

/**
 * Resolves once there is a certificate to serve, where Holdfast makes it. Throws `certificates_not_prepared` if there is none
 * in time, and `certificate_names_invalid`.
 */
export async function bindCertificates(
  configuration: CertificateConfiguration,
  dependencies: CertificateDependencies,
): Promise<BoundCertificates> {
  const { kubernetes, certificates } = configuration;
  const client = await createClusterClient({
    kubeconfigFile: kubernetes.kubeconfigFile,
    connectionsMax: CONNECTIONS_MAX,
    clock: dependencies.clock,
  });
  const namespace = await findOwnNamespace(dependencies.environment);
  if (certificates.manage && (client === undefined || namespace === undefined)) {
    client?.close();
    throw new HoldfastError(
      'certificates_not_prepared',
      'certificates.manage keeps them in a Secret of the namespace of Holdfast, which does not run in a cluster',
      { remedy: 'Run it in a pod, or set kubernetes.kubeconfigFile and POD_NAMESPACE' },
    );
  }
  if (client === undefined) return NOTHING;
  const cluster = new CertificateCluster({
    client,
    clock: dependencies.clock,
    namespace: namespace ?? '',
    registrationName: REGISTRATION_NAME,
    webhookNames: new Set(Object.values(WEBHOOK_NAMES)),
    ownWebhookName: WEBHOOK_NAMES.self,
  });
  if (!certificates.manage) {
    const watcher = watchTrust(cluster, dependencies);
    return bindWatcher(watcher, {
      ...dependencies,
      turnMs: WATCH_MS,
      watch: undefined,
      onClose: client.close,
    });
  }
  // Loaded where certificates are made: the library that writes them is the largest of all.
  const issuer = await import('../certificates/issue-certificate.ts');
  const keeper = createKeeper(configuration, {
    ...dependencies,
    cluster,
    client,
    namespace,
    issuer,
  });
  try {
    await prepare(keeper, configuration, dependencies);
  } catch (error) {
    await keeper.close();
    client.close();
    throw error;
  }
  const { turnMs } = certificates;
  const watch = (onChange: () => void): RegistrationWatch =>
    watchRegistration({ ...dependencies, client, watch: kubernetes.watch, onChange });
  return bindWatcher(keeper, { ...dependencies, turnMs, watch, onClose: client.close });
}

const NOTHING: BoundCertificates = {
  serve: () => undefined,
  authorityPem: () => '',
  readinessChecks: [],
  follow: () => undefined,
  close: () => Promise.resolve(),
};

function createKeeper(
  { certificates, server }: CertificateConfiguration,
  parts: CertificateDependencies & {
    readonly cluster: CertificateCluster;
    readonly client: NonNullable<Awaited<ReturnType<typeof createClusterClient>>>;
    readonly namespace: string | undefined;
    readonly issuer: CertificateIssuer;
  },
): CertificateKeeper {
  const { namespace = '', replica: identity, client, clock } = parts;
  return new CertificateKeeper({
    ...parts,
    election: new LeaseElection({
      client,
      namespace,
      name: LEASE_NAME,
      identity,
      durationMs: LEASE_MS,
      clock,
    }),
    files: server.tls,
    names: namesOf(certificates, namespace),
    settings: certificates,
  });
}

/** Those of the Service, as the API server calls it, and those of the configuration. */
function namesOf(
  { dnsNames, ipAddresses }: Configuration['certificates'],
  namespace: string,
): AlternativeNames {
  const service = `${SERVICE_NAME}.${namespace}.svc`;
  const checked = parseRequestedNames({ dnsNames: [service, ...dnsNames], ipAddresses });
  if (checked.ok) return checked.names;
  throw new HoldfastError('certificate_names_invalid', checked.reason, {
    remedy: 'Correct certificates.dnsNames and certificates.ipAddresses',
  });
}

/** Turns until there are files to serve. What an earlier process left is served where the API server is away. */
async function prepare(
  keeper: CertificateKeeper,
  { certificates, server }: CertificateConfiguration,
  { clock, logger }: CertificateDependencies,
): Promise<void> {
  const { certificateFile, keyFile } = server.tls;
  for (const folder of [dirname(certificateFile), dirname(keyFile)]) makeOwnFolder(folder);
  const endMs = clock.monotonicMs() + certificates.startMs;
  const left = await readPair(certificateFile, keyFile);
  if (left !== undefined) keeper.serve(left.certificatePem);
  const signal = new AbortController().signal;
  for (;;) {
    await keeper.turn();
    const isThere = (await readPair(certificateFile, keyFile)) !== undefined;
    if (isThere && (left === undefined || keeper.problem() === undefined)) return;
    if (clock.monotonicMs() >= endMs) break;
    await systemWait(certificates.turnMs, signal);
  }
  const reason = keeper.problem() ?? `the Secret ${CERTIFICATES_SECRET} has none`;
  if (left === undefined) {
    throw new HoldfastError('certificates_not_prepared', `There is no certificate: ${reason}`);
  }
  logger.warn('The certificate that an earlier process left is served', {
    code: 'certificates_blocked',
    reason,
  });
}

function makeOwnFolder(folder: string): void {
  try {
    makeFolder(folder, { mode: 0o700 });
  } catch (error) {
    const reason = describeFileError(error);
    throw new HoldfastError('certificate_unwritable', `"${folder}" cannot be made: ${reason}`, {
      remedy: 'Name files in a folder that Holdfast may write, in server.tls',
      cause: error,
    });
  }
}

/** Certificates that are made elsewhere: what is registered for them is looked at, and nothing is changed. */
function watchTrust(
  cluster: CertificateCluster,
  { clock, logger }: CertificateDependencies,
): Watcher {
  let served = parseCertificates('');
  let trust: Trust = { status: 'unregistered' };
  let reported = '';
  return {
    serve: (certificatePem) => {
      served = parseCertificates(certificatePem);
    },
    turn: async () => {
      const registered = await cluster.readRegistered();
      const reason = registered.ok ? '' : registered.reason;
      if (reason !== '' && reason !== reported) {
        logger.warn('What is registered of Holdfast cannot be read', { reason });
      }
      reported = reason;
      if (!registered.ok) return;
      const webhooks = registered.value.flatMap((configuration) => configuration.webhooks);
      trust = classifyTrust({ chain: served, webhooks, nowMs: clock.wallMs() });
    },
    // Whoever makes them has it registered.
    authorityPem: () => '',
    trust: () => trust,
    // Nobody asks the other replicas, so that this one is never told to go: all of them mount the same files.
    others: () => [],
    problem: () => undefined,
    close: () => Promise.resolve(),
  };
}

interface BindingOptions extends Pick<CertificateDependencies, 'metrics'> {
  readonly turnMs: number;
  /** Begins to tell of changes of the registration. Absent: only turns see them. */
  readonly watch: ((onChange: () => void) => RegistrationWatch) | undefined;
  readonly onClose: () => void;
}

function bindWatcher(
  watcher: Watcher,
  { metrics, turnMs, watch, onClose }: BindingOptions,
): BoundCertificates {
  let turns: FollowedTurns | undefined;
  let watching: RegistrationWatch | undefined;
  const pauseMs = (): number =>
    decidePauseMs({
      trust: watcher.trust(),
      problem: watcher.problem(),
      isWatched: watching?.isHeld() === true,
      turnMs,
    });
  const decide = () => decideReadiness({ trust: watcher.trust(), others: watcher.others() });
  const turn = async (): Promise<void> => {
    await watcher.turn();
    publishTrust(watcher.trust(), metrics);
  };
  return {
    serve: (certificatePem) => {
      watcher.serve(certificatePem);
    },
    authorityPem: () => watcher.authorityPem(),
    readinessChecks: [
      { name: 'certificate', problem: () => decide().failure },
      // What is wrong for all replicas alike must not take all of them away: src/certificates/decide-readiness.ts
      { name: 'trust', problem: () => decide().advice ?? watcher.problem(), advisory: true },
    ],
    follow: () => {
      watching ??= watch?.(() => turns?.hasten());
      turns ??= followTurns({ turn, pauseMs });
    },
    close: async () => {
      await turns?.close();
      await watching?.close();
      await watcher.close();
      onClose();
    },
  };
}

const MS_PER_SECOND = 1000;

function publishTrust(trust: Trust, metrics: Metrics): void {
  if (trust.status === 'unregistered') return;
  const isTrusted = trust.status === 'trusted';
  metrics.set('holdfast_certificate_trusted', isTrusted ? 1 : 0, { certificate: 'served' });
  if (!isTrusted) return;
  metrics.set('holdfast_certificate_expiry_timestamp_seconds', trust.untilMs / MS_PER_SECOND, {
    certificate: 'authority',
  });
}
