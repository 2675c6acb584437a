/**
 * Keeps the certificate of this replica: follows the Secret into the files that the server reads and, while it leads, makes,
 * registers and rotates what is in the Secret.
 *
 * Two leaders at once (a process that was suspended) do no harm. What is registered is read before the Secret: if it changed
 * since, applying is refused by its version, and what was planned from an old Secret cannot be written over a new one.
 */
import type { X509Certificate } from 'node:crypto';
import type { Clock, WallMs } from '../base/clock.ts';
import { errorText } from '../base/error-details.ts';
import type { LeaderElection } from '../kubernetes/leader-election/leader-election.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { CertificateCluster, Reading } from './certificate-cluster.ts';
import { readPair, writePair } from './certificate-folder.ts';
import { classifyTrust } from './classify-trust.ts';
import type { Trust } from './classify-trust.ts';
import { matchAuthorities } from './match-trust.ts';
import type { AlternativeNames } from './parse-alternative-names.ts';
import type { ParsedSecret } from './parse-certificate-secret.ts';
import { formatCertificates, parseCertificates } from './parse-certificates.ts';
import type { RegisteredConfiguration, RegisteredWebhook } from './parse-registered.ts';
import { planRotation } from './plan-rotation.ts';
import type { RotationInput, RotationStep } from './plan-rotation.ts';
import { readReplicaState, writeReplicaState } from './replica-state.ts';
import type { ReplicaState } from './replica-state.ts';
import { actOnRotation, isActing } from './rotation-actor.ts';
import type { CertificateIssuer } from './rotation-actor.ts';
import type { CertificatesSettings } from './settings.ts';

export interface KeeperOptions {
  readonly cluster: Pick<
    CertificateCluster,
    'readRegistered' | 'readSecret' | 'readTime' | 'isAnswered' | 'writeSecret' | 'applyBundle'
  >;
  readonly election: LeaderElection;
  readonly issuer: CertificateIssuer;
  readonly replica: string;
  /** The files of `server.tls`. */
  readonly files: { readonly certificateFile: string; readonly keyFile: string };
  readonly names: AlternativeNames;
  readonly settings: CertificatesSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What a turn found. */
interface Found {
  readonly registered: readonly RegisteredConfiguration[];
  readonly webhooks: readonly RegisteredWebhook[];
  readonly secret: ParsedSecret;
}

/** From nothing to a registered certificate takes three steps, and an authority is rotated in as many. */
const STEPS_MAX = 8;
/** Certificates live for longer, and the clocks of API servers differ by more than this one drifts. */
const TIME_AGE_MS_MAX = 10_000;

/** Call `turn` again and again. */
export class CertificateKeeper {
  readonly #options: KeeperOptions;
  #served: readonly X509Certificate[] = [];
  #trust: Trust = { status: 'unregistered' };
  #others: readonly ReplicaState[] = [];
  #authorities: readonly X509Certificate[] = [];
  #problem: string | undefined;
  #registered = { what: '', sinceMs: 0 };
  #time: { readonly wallMs: WallMs; readonly readAtMs: number } | undefined;
  /** Where nothing was ever answered, nothing shows whether we are reached. */
  #wasAnswered = false;
  #reported = '';

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** What the server serves from now on, in PEM. */
  serve(certificatePem: string): void {
    this.#served = parseCertificates(certificatePem);
  }

  /** What is registered for what this replica serves, as the last turn found it. */
  trust(): Trust {
    return this.#trust;
  }

  /**
   * In PEM, the authorities of the Secret by which whoever calls this replica trusts what it serves, for a first registration;
   * empty before there are any. What was registered before may need more of them, and gets them in the next turn.
   */
  authorityPem(): string {
    const nowMs = this.#options.clock.wallMs();
    const authorities = this.#authorities;
    return formatCertificates(matchAuthorities({ chain: this.#served, authorities, nowMs }));
  }

  /** What the other replicas said last. */
  others(): readonly ReplicaState[] {
    return this.#others;
  }

  /** Why the certificates are not as they should be. */
  problem(): string | undefined {
    return this.#problem;
  }

  /** One look at everything, and every step that can be done now. Never rejects. */
  async turn(): Promise<void> {
    try {
      const { leads, others, problem } = await this.#options.election.renew(this.#state());
      if (problem === undefined) this.#others = others.map(readReplicaState);
      const blocked = leads ? await this.#lead() : await this.#follow();
      this.#settle(blocked ?? problem);
    } catch (error) {
      this.#settle(errorText(error));
    }
  }

  /** Gives the lease back, so that another replica leads at once. */
  close(): Promise<void> {
    return this.#options.election.release();
  }

  #state(): string {
    const fingerprint = this.#served[0]?.fingerprint256 ?? '';
    return writeReplicaState({ fingerprint, isTrusted: this.#trust.status === 'trusted' });
  }

  async #follow(): Promise<string | undefined> {
    const found = await this.#look();
    return typeof found === 'string' ? found : this.#adopt(found);
  }

  async #lead(): Promise<string | undefined> {
    for (let steps = 0; steps < STEPS_MAX; steps += 1) {
      const found = await this.#look();
      if (typeof found === 'string') return found;
      const refused = await this.#adopt(found);
      const now = await this.#readTime();
      if (!now.ok) return `The time of the API server is unknown: ${now.reason}`;
      const step = await this.#plan(found, now.value);
      if (!isActing(step)) return step.kind === 'blocked' ? describe(step) : refused;
      const writing = await actOnRotation(step, { ...this.#options, ...found, nowMs: now.value });
      this.#count(step, writing.ok ? 'done' : 'failed');
      if (!writing.ok) return `The step ${step.kind} of the certificates failed: ${writing.reason}`;
    }
    // More steps than any rotation has: somebody undoes them. The next turn goes on.
    return 'What is written of the certificates is changed again at once';
  }

  /** The API server is asked from time to time; what passes in between, any clock measures. */
  async #readTime(): Promise<Reading<WallMs>> {
    const { cluster, clock } = this.#options;
    const passedMs = clock.monotonicMs() - (this.#time?.readAtMs ?? 0);
    if (this.#time !== undefined && passedMs < TIME_AGE_MS_MAX) {
      return { ok: true, value: this.#time.wallMs + passedMs };
    }
    const reading = await cluster.readTime();
    if (reading.ok) this.#time = { wallMs: reading.value, readAtMs: clock.monotonicMs() };
    return reading;
  }

  /** What is registered first, then the Secret: see above. */
  async #look(): Promise<Found | string> {
    const { cluster, clock } = this.#options;
    const registered = await cluster.readRegistered();
    if (!registered.ok) return `What is registered is unknown: ${registered.reason}`;
    const secret = await cluster.readSecret();
    if (!secret.ok) return `The Secret of the certificates is unknown: ${secret.reason}`;
    const webhooks = registered.value.flatMap((configuration) => configuration.webhooks);
    const what = JSON.stringify(
      webhooks.map(({ name, authorities }) => [name, authorities.map((one) => one.fingerprint256)]),
    );
    if (what !== this.#registered.what) {
      this.#registered = { what, sinceMs: clock.monotonicMs() };
    }
    this.#trust = classifyTrust({ chain: this.#served, webhooks, nowMs: clock.wallMs() });
    this.#authorities = authoritiesOf(secret.value);
    return { registered: registered.value, webhooks, secret: secret.value };
  }

  /** Writes the leaf of the Secret into the files, from where the server takes it. */
  async #adopt({ secret, webhooks }: Found): Promise<string | undefined> {
    const { files, clock } = this.#options;
    const leaf = secret.status === 'ours' ? secret.stored.leaf : undefined;
    if (leaf === undefined) return undefined;
    const old = await readPair(files.certificateFile, files.keyFile);
    if (old?.certificatePem === leaf.certificatePem && old.keyPem === leaf.keyPem) return undefined;
    const nowMs = clock.wallMs();
    const isTrusted = (pem: string): boolean =>
      classifyTrust({ chain: parseCertificates(pem), webhooks, nowMs }).status !== 'untrusted';
    // Whoever wrote the Secret in our absence must not make every write fail: what the API server trusts stays.
    if (old !== undefined && isTrusted(old.certificatePem) && !isTrusted(leaf.certificatePem)) {
      return 'The certificate of the Secret is not served: the registered authorities do not trust it';
    }
    await writePair(leaf, files);
    return undefined;
  }

  async #plan(found: Found, nowMs: WallMs): Promise<RotationStep> {
    const input = this.#input(found, nowMs);
    const step = planRotation(input);
    if (step.kind !== 'make-leaf' && step.kind !== 'distrust') return step;
    return planRotation({ ...input, reached: await this.#isReached(found, nowMs) });
  }

  #input({ secret, webhooks }: Found, nowMs: WallMs): RotationInput {
    const { names, settings, replica, clock } = this.#options;
    const own = { replica, fingerprint: this.#served[0]?.fingerprint256 ?? '' };
    return {
      secret,
      webhooks,
      unchangedMs: clock.monotonicMs() - this.#registered.sinceMs,
      replicas: [own, ...this.#others],
      reached: 'unknown',
      nowMs,
      names,
      settings,
    };
  }

  async #isReached({ webhooks }: Found, nowMs: WallMs): Promise<RotationInput['reached']> {
    const isTrusted = webhooks.every(
      ({ authorities }) => matchAuthorities({ chain: this.#served, authorities, nowMs }).length > 0,
    );
    // What is not trusted is not answered, and that is what the step mends.
    if (webhooks.length === 0 || !isTrusted) return 'unknown';
    const isAnswered = await this.#options.cluster.isAnswered();
    this.#wasAnswered ||= isAnswered;
    if (isAnswered) return 'yes';
    return this.#wasAnswered ? 'no' : 'unknown';
  }

  #count({ kind, reason }: RotationStep, outcome: 'done' | 'failed'): void {
    const { metrics, logger } = this.#options;
    metrics.increment('holdfast_certificate_rotation_steps_total', { step: kind, outcome });
    if (outcome === 'done') logger.info('Certificates: a step is done', { step: kind, reason });
  }

  #settle(problem: string | undefined): void {
    const { metrics, logger } = this.#options;
    this.#problem = problem;
    metrics.set('holdfast_certificate_rotation_blocked', problem === undefined ? 0 : 1);
    const text = problem ?? '';
    if (text === this.#reported) return;
    this.#reported = text;
    if (problem === undefined) logger.info('Certificates are in order');
    else logger.warn('Certificates are not in order', { code: 'certificates_blocked', problem });
  }
}

function authoritiesOf(secret: ParsedSecret): readonly X509Certificate[] {
  if (secret.status !== 'ours') return [];
  const { authority, next } = secret.stored;
  return [authority, next].flatMap((pair) => parseCertificates(pair?.certificatePem ?? ''));
}

function describe({
  reason,
  remedy,
}: {
  readonly reason: string;
  readonly remedy: string;
}): string {
  return `${reason}. ${remedy}`;
}
