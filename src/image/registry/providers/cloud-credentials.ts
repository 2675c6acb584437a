/** Picks the provider of a registry by its host, and keeps what it gives. */
import type { Clock, MonotonicMs } from '../../../base/clock.ts';
import type { ImageFailure } from '../../image-failure.ts';
import type { RegistryCredential } from '../parse-docker-config.ts';
import type { CloudProvider, CloudProviderName } from './cloud-provider.ts';
import { TokenCache } from './token-cache.ts';

export interface EnabledProvider {
  readonly provider: CloudProvider;
  /** Compared as a whole. Absent: all registries of the cloud. */
  readonly registries?: readonly string[] | undefined;
}

export interface CloudCredentialsOptions {
  /** No other is asked for anything: without an entry, nothing is sent to a metadata address. */
  readonly providers: readonly EnabledProvider[];
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Called for each credential that was asked for. */
  readonly observe?: ((asked: AskedCredential) => void) | undefined;
}

export interface AskedCredential {
  readonly provider: CloudProviderName;
  readonly outcome: 'given' | 'failed';
}

/** A credential for one registry: it is sent to no other host, not even where the registry says so. */
export interface CloudCredential {
  readonly status: 'found';
  readonly provider: CloudProviderName;
  readonly credential: Extract<RegistryCredential, { readonly kind: 'password' }>;
  /** When it is to be asked for again. */
  readonly endsAtMs: MonotonicMs;
}

/** What every tenant can have verified with it is what the identity of Holdfast can read, as with configured credentials. */
export class CloudCredentials {
  readonly #options: CloudCredentialsOptions;
  readonly #kept = new Map<CloudProviderName, TokenCache<CloudCredential['credential']>>();

  constructor(options: CloudCredentialsOptions) {
    this.#options = options;
    for (const { provider } of options.providers) {
      this.#kept.set(provider.name, new TokenCache(options.clock));
    }
  }

  /** Undefined: no provider is enabled for this registry. Never rejects. */
  async find(registry: string): Promise<CloudCredential | ImageFailure | undefined> {
    for (const { provider, registries } of this.#options.providers) {
      const scope = provider.scopeOf(registry);
      const isNamed = registries === undefined || registries.includes(registry);
      if (scope === undefined || !isNamed) continue;
      const answer = await this.#kept
        .get(provider.name)
        ?.get(scope, () => this.#ask(provider, registry));
      if (answer?.status !== 'kept') return answer;
      const { value: credential, endsAtMs } = answer;
      return { status: 'found', provider: provider.name, credential, endsAtMs };
    }
    return undefined;
  }

  async #ask(provider: CloudProvider, registry: string) {
    const reading = await provider.ask(registry);
    const outcome = reading.status === 'read' ? 'given' : 'failed';
    this.#options.observe?.({ provider: provider.name, outcome });
    return reading;
  }
}
