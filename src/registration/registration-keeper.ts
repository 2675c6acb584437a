/**
 * Keeps our webhook configurations equal to what is planned, while this replica leads.
 *
 * It never deletes one, also not when it stops. A configuration that is absent is made only after the API server was seen to
 * reach us: else all writes would be refused. Two leaders at once (a process that was suspended) write over the version
 * that they have read, and plan the same where they have the same configuration.
 */
import type { Clock, MonotonicMs } from '../base/clock.ts';
import { errorText } from '../base/error-details.ts';
import type { LeaderElection } from '../kubernetes/leader-election/leader-election.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { diffRegistration } from './diff-registration.ts';
import type { RegistrationDifference } from './diff-registration.ts';
import type { Manifest } from './plan-registration.ts';
import type { LiveConfiguration, Outcome, RegistrationCluster } from './registration-cluster.ts';

/** Somebody else changed or deleted what is registered; it was put right. */
export interface RegistrationDrift {
  readonly kind: string;
  readonly name: string;
  readonly what: 'changed' | 'deleted';
  readonly places: readonly string[];
  /** Who wrote the object last, as field managers name themselves: a hint, which anybody chooses freely. */
  readonly managers: readonly string[];
}

export interface RegistrationKeeperOptions {
  readonly cluster: Pick<RegistrationCluster, 'read' | 'apply' | 'prove'>;
  readonly election: LeaderElection;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly ownNamespace: string;
  /** Both configurations, of the configuration in force. May reject: a file that cannot be read. */
  readonly plan: () => Promise<readonly Manifest[]>;
  /**
   * The `caBundle` with which a configuration is made, where Holdfast makes its own certificates and none is planned: what keeps
   * them writes it only into configurations that are there. A failure says why there is none yet.
   */
  readonly ownBundle: () => Outcome<string | undefined>;
  readonly onDrift: (drift: RegistrationDrift) => void;
}

/** A third of the lease: two renewals may fail. */
const RENEW_MS = 5000;
/** Two thirds of the lease: until then it is ours, whatever becomes of a renewal that is on its way. */
const HELD_MS = 10_000;

/** Call `turn` again and again, and at once when something changed. */
export class RegistrationKeeper {
  readonly #options: RegistrationKeeperOptions;
  #leads = false;
  #renewAtMs = 0;
  #heldUntilMs = 0;
  #renewing: Promise<void> | undefined;
  #electionProblem: string | undefined;
  #isProven = false;
  /** The `caBundle` of the proof. */
  #caBundle: string | undefined;
  /** By kind, what was seen to be registered: whatever differs from it later was changed by somebody else. */
  readonly #registered = new Map<string, string>();
  #problem: string | undefined = 'nothing is known of the registration yet';

  constructor(options: RegistrationKeeperOptions) {
    this.#options = options;
  }

  /** Why the registration is not as planned, as far as this replica is to keep it. */
  problem(): string | undefined {
    return this.#problem;
  }

  /** One look at the registration, and whatever it needs. Never rejects. */
  async turn(): Promise<void> {
    try {
      await this.#lead();
      this.#settle(this.#leads ? await this.#keep() : this.#electionProblem);
    } catch (error) {
      this.#settle(errorText(error));
    }
  }

  /** Lets another replica lead at once. What is registered stays. */
  async close(): Promise<void> {
    // A renewal that ends after the release would acquire the lease again.
    await this.#renewing;
    await this.#options.election.release();
  }

  /** A lease that holds is renewed beside the work: what others change is open until it is put right, and must not wait. */
  async #lead(): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs >= this.#renewAtMs) this.#renewing ??= this.#renew(nowMs);
    if (!this.#leads || nowMs >= this.#heldUntilMs) await this.#renewing;
  }

  /** Never rejects. */
  async #renew(nowMs: MonotonicMs): Promise<void> {
    const { leads, problem } = await this.#options.election.renew('');
    // Another leader may have registered something else meanwhile.
    if (!leads) this.#registered.clear();
    this.#leads = leads;
    this.#electionProblem = problem;
    this.#renewAtMs = problem === undefined ? nowMs + RENEW_MS : 0;
    if (problem === undefined) this.#heldUntilMs = nowMs + HELD_MS;
    this.#renewing = undefined;
  }

  /** The reason why it cannot be kept. */
  async #keep(): Promise<string | undefined> {
    const { plan, cluster } = this.#options;
    const planned = await plan();
    const read = await Promise.all(planned.map((manifest) => cluster.read(manifest)));
    for (const [index, manifest] of planned.entries()) {
      const live = read[index];
      if (live?.ok !== true) return live?.reason;
      const kept = await this.#keepOne(manifest, live.value);
      if (!kept.ok) return kept.reason;
      // Who has lost the lease meanwhile knows nothing any more.
      if (this.#leads) this.#registered.set(String(manifest['kind']), JSON.stringify(manifest));
    }
    return undefined;
  }

  async #keepOne(planned: Manifest, live: LiveConfiguration): Promise<Outcome<void>> {
    const difference = diffRegistration(planned, live);
    if (difference.status === 'same') return { ok: true, value: undefined };
    if (difference.status === 'absent') {
      const ready = await this.#prepare(planned);
      if (!ready.ok) return ready;
    }
    const applied = await this.#options.cluster.apply(planned, live, this.#caBundle);
    if (applied.ok) this.#tell(planned, live, difference);
    return applied;
  }

  /** What is made anew is trusted by what is served now: an authority may have been replaced since the proof. */
  async #prepare(planned: Manifest): Promise<Outcome<void>> {
    const own = this.#options.ownBundle();
    if (!this.#isProven) return this.#prove(planned, own);
    if (own.ok && own.value !== undefined) this.#caBundle = own.value;
    return { ok: true, value: undefined };
  }

  async #prove(planned: Manifest, own: Outcome<string | undefined>): Promise<Outcome<void>> {
    const { cluster, ownNamespace } = this.#options;
    const proven = own.ok ? await cluster.prove(planned, ownNamespace, own.value) : own;
    if (!proven.ok) {
      return {
        ok: false,
        reason: `It is not registered before the API server is seen to reach Holdfast: ${proven.reason}`,
      };
    }
    this.#isProven = true;
    this.#caBundle = proven.value;
    return { ok: true, value: undefined };
  }

  #tell(planned: Manifest, live: LiveConfiguration, difference: RegistrationDifference): void {
    const { logger, metrics, onDrift } = this.#options;
    const kind = String(planned['kind']);
    const name = nameOf(planned);
    const before = this.#registered.get(kind);
    const isDrift = before === JSON.stringify(planned);
    const reason = isDrift ? 'drift' : live === undefined ? 'first' : 'configuration';
    metrics.increment('holdfast_registration_writes_total', { reason });
    const places = difference.status === 'different' ? difference.places : [];
    if (isDrift) {
      const what = live === undefined ? 'deleted' : 'changed';
      onDrift({ kind, name, what, places, managers: managersOf(live) });
      return;
    }
    logger.info('The registration was written', { kind, reason, places });
    const narrowings = difference.status === 'different' ? difference.narrowings : [];
    if (narrowings.length > 0) {
      logger.warn('The registration may ask about fewer requests than before', {
        kind,
        narrowings,
      });
    }
  }

  #settle(problem: string | undefined): void {
    const { logger, metrics } = this.#options;
    metrics.set('holdfast_registration_kept', problem === undefined ? 1 : 0);
    if (problem !== undefined && problem !== this.#problem) {
      logger.warn('The registration cannot be kept', { reason: problem });
    }
    this.#problem = problem;
  }
}

function nameOf({ metadata }: Manifest): string {
  return String(Reflect.get(Object(metadata), 'name'));
}

/** More names than these help nobody to find the request in the audit log. */
const MANAGERS_MAX = 5;

function managersOf(live: LiveConfiguration): readonly string[] {
  const fields: unknown = Reflect.get(Object(live?.['metadata']), 'managedFields');
  const entries: readonly unknown[] = Array.isArray(fields) ? fields : [];
  const names = entries.map((entry) => String(Reflect.get(Object(entry), 'manager')));
  return [...new Set(names)].slice(0, MANAGERS_MAX);
}
