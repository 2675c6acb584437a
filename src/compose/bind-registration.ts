/** Binds the registration controller: its connection, its lease, and the watches by which it sees a change at once. */
import { readAuthority } from '../certificates/read-authority.ts';
import type { Clock } from '../base/clock.ts';
import type { Configuration } from '../config/schema.ts';
import { createClusterClient } from '../kubernetes/client/client.ts';
import type { ConnectedCluster } from '../kubernetes/client/cluster-client.ts';
import { LeaseElection } from '../kubernetes/leader-election/lease-election.ts';
import { parseUrlTarget } from '../registration/parse-target.ts';
import type { Manifest, WebhookTarget } from '../registration/plan-registration.ts';
import { RegistrationCluster } from '../registration/registration-cluster.ts';
import type { Outcome } from '../registration/registration-cluster.ts';
import { RegistrationKeeper } from '../registration/registration-keeper.ts';
import type { RegistrationDrift } from '../registration/registration-keeper.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { followTurns, type FollowedTurns } from './follow-turns.ts';
import { planManifests } from './plan-manifests.ts';
import { watchRegistration } from './watch-registration.ts';
import type { RegistrationWatch } from './watch-registration.ts';

export interface RegistrationDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly replica: string;
  /** The configuration in force. */
  readonly inForce: () => Configuration;
  /** In PEM, by what our own certificates are trusted; empty before there are any. Absent where others make them. */
  readonly ownAuthorityPem: (() => string) | undefined;
  readonly onDrift: (drift: RegistrationDrift) => void;
}

export interface BoundRegistration {
  /** Why the registration cannot be kept now; advice, since a webhook that is registered goes on. */
  readonly problem: () => string | undefined;
  /** Begins once the server listens: only then it can prove that it answers. */
  readonly follow: () => void;
  readonly close: () => Promise<void>;
}

const LEASE_NAME = 'holdfast-registration';
/** As leaders of the control plane have it. */
const LEASE_MS = 15_000;
/** Where no watch tells of a change. */
const TURN_MS = 2000;
/** Both configurations are read at once, beside a renewal of the lease. */
const CONNECTIONS_MAX = 3;
const SERVICE_PORT = 443;

/** `undefined` where the configuration does not ask for it, or there is no cluster. */
export async function bindRegistration(
  configuration: Configuration,
  dependencies: RegistrationDependencies,
): Promise<BoundRegistration | undefined> {
  if (!configuration.registration.manage) return undefined;
  const { clock } = dependencies;
  const client = await createClusterClient({
    kubeconfigFile: configuration.kubernetes.kubeconfigFile,
    connectionsMax: CONNECTIONS_MAX,
    clock,
  });
  if (client === undefined) return undefined;
  return new FollowedRegistration(configuration, client, dependencies);
}

class FollowedRegistration implements BoundRegistration {
  readonly #configuration: Configuration;
  readonly #client: ConnectedCluster;
  readonly #dependencies: RegistrationDependencies;
  readonly #keeper: RegistrationKeeper;
  #watch: RegistrationWatch | undefined;
  #turns: FollowedTurns | undefined;

  constructor(
    configuration: Configuration,
    client: ConnectedCluster,
    dependencies: RegistrationDependencies,
  ) {
    this.#configuration = configuration;
    this.#client = client;
    this.#dependencies = dependencies;
    const { clock, replica: identity } = dependencies;
    const { namespace } = configuration.breakGlass;
    this.#keeper = new RegistrationKeeper({
      ...dependencies,
      ownNamespace: namespace,
      cluster: new RegistrationCluster({ client, clock }),
      election: new LeaseElection({
        client,
        namespace,
        name: LEASE_NAME,
        identity,
        durationMs: LEASE_MS,
        clock,
      }),
      plan: () => planFor(dependencies.inForce()),
      ownBundle: () => ownBundleOf(dependencies),
    });
  }

  problem(): string | undefined {
    return this.#keeper.problem();
  }

  follow(): void {
    this.#watch ??= watchRegistration({
      ...this.#dependencies,
      client: this.#client,
      watch: this.#configuration.kubernetes.watch,
      onChange: () => this.#turns?.hasten(),
    });
    this.#turns ??= followTurns({ turn: () => this.#keeper.turn(), pauseMs: () => TURN_MS });
  }

  async close(): Promise<void> {
    await Promise.all([this.#turns?.close(), this.#watch?.close()]);
    await this.#keeper.close();
    this.#client.close();
  }
}

/** The two configurations of `holdfast manifests`. */
async function planFor(configuration: Configuration): Promise<readonly Manifest[]> {
  const { registration, breakGlass } = configuration;
  const { authorityFile, annotations, profile: name, pilotNamespaces } = registration;
  return planManifests(configuration, {
    target: targetOf(registration.url, breakGlass.namespace),
    authorityPem: authorityFile === undefined ? undefined : await readAuthority(authorityFile),
    ownNamespace: breakGlass.namespace,
    profile: { name, pilotNamespaces },
    annotations,
    gitopsNamespaces: [],
    recoveryUsernames: [],
  });
}

/** Nothing where the authority is planned: the configuration names its file. */
function ownBundleOf({
  inForce,
  ownAuthorityPem,
}: RegistrationDependencies): Outcome<string | undefined> {
  const isPlanned = inForce().registration.authorityFile !== undefined;
  if (isPlanned || ownAuthorityPem === undefined) return { ok: true, value: undefined };
  const pem = ownAuthorityPem();
  return pem === ''
    ? { ok: false, reason: 'its certificates (certificates.manage) have no authority yet' }
    : { ok: true, value: Buffer.from(pem).toString('base64') };
}

function targetOf(url: string | undefined, namespace: string): WebhookTarget {
  const parsed = url === undefined ? undefined : parseUrlTarget(url);
  if (parsed?.ok === true) return parsed.target;
  return { kind: 'service', namespace, name: 'holdfast', port: SERVICE_PORT };
}
