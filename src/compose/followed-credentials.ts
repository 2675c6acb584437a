/** Keeps the credentials of this replica in step with the Secret that all replicas share, for as long as the process runs. */
import type { Clock } from '../base/clock.ts';
import { systemWait } from '../base/wait.ts';
import { CredentialStore } from '../identity/credentials/credential-store.ts';
import type { CredentialSettings } from '../identity/credentials/settings.ts';
import type { ConnectedCluster } from '../kubernetes/client/cluster-client.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface FollowedCredentialsOptions {
  readonly client: ConnectedCluster;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** One for the process; the settings are replaced with the configuration. */
export class FollowedCredentials {
  readonly #options: FollowedCredentialsOptions;
  readonly #stopping = new AbortController();
  readonly store: CredentialStore;
  #settings: CredentialSettings | undefined;
  #following: Promise<void> | undefined;
  #problem = '';

  constructor(options: FollowedCredentialsOptions) {
    this.#options = options;
    const { client, clock } = options;
    this.store = new CredentialStore({ client, clock, settings: () => this.#inForce() });
  }

  /** Puts settings into force. The first time it reads the Secret before it returns, so that no answer comes without. */
  async apply(settings: CredentialSettings): Promise<void> {
    this.#settings = settings;
    if (this.#following !== undefined) return;
    await this.#synchronize();
    this.#following = this.#follow();
  }

  /** Writes what was learned last, and ends. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#following;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await systemWait(this.#inForce().syncMs, signal);
      await this.#synchronize();
    }
  }

  async #synchronize(): Promise<void> {
    const settings = this.#inForce();
    if (settings.mode === 'off') return;
    const { metrics, logger } = this.#options;
    const outcome = await this.store.synchronize();
    metrics.increment('holdfast_credential_syncs_total', { outcome: outcome.ok ? 'ok' : 'failed' });
    this.#publish();
    const problem = outcome.ok ? '' : outcome.reason;
    if (problem === this.#problem) return;
    this.#problem = problem;
    if (problem === '') {
      logger.info('Credentials of the control plane are in step with their Secret');
    } else {
      logger.warn('Credentials of the control plane cannot be kept in step with their Secret', {
        namespace: settings.namespace,
        reason: problem,
      });
    }
  }

  #publish(): void {
    const identities = [...(this.store.table?.identities.values() ?? [])];
    const known = identities.filter((entries) => entries.some((entry) => entry.learnedBy));
    const { metrics } = this.#options;
    metrics.set('holdfast_credential_identities', known.length, { standing: 'known' });
    metrics.set('holdfast_credential_identities', identities.length - known.length, {
      standing: 'unknown',
    });
  }

  #inForce(): CredentialSettings {
    if (this.#settings === undefined) throw new Error('No settings were applied');
    return this.#settings;
  }
}
