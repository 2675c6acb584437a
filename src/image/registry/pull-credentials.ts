/**
 * Reads the credentials with which the kubelet pulls the images of a Pod: of its pull secrets, or of those of its service account.
 *
 * A Secret is read in the Pod's own namespace and nowhere else: an image that only another tenant may read must not be verified with
 * that tenant's credential. Whoever reads them needs the right to read Secrets; a serving process has it only where an operator
 * grants it.
 *
 * Source: Kubernetes, "Pull an Image from a Private Registry"; API, core/v1 Secret types.
 */
import { z } from 'zod';
import { addMs, type Clock, type MonotonicMs } from '../../base/clock.ts';
import { ExpiringCache } from '../../base/expiring-cache.ts';
import type { ClusterClient } from '../../kubernetes/client/cluster-client.ts';
import { formatObjectPath } from '../../kubernetes/client/format-api-path.ts';
import { readSecretData, type SecretData } from '../../kubernetes/secret-data.ts';
import { imageUnavailable, type ImageUnavailable } from '../image-failure.ts';
import {
  parseDockerConfig,
  parseLegacyDockerConfig,
  type DockerConfigReading,
  type RegistryCredential,
  type RegistryCredentials,
} from './parse-docker-config.ts';
import { formatCredentialScope, namesOf, type PullScope } from './pull-scope.ts';
import { REGISTRY_LIMITS } from './settings.ts';

export interface PullCredentialsOptions {
  readonly client: Pick<ClusterClient, 'read'>;
  readonly clock: Clock;
  /** For every Pod, where its own have none for a registry. What they can read, every tenant can have verified. */
  readonly configured: RegistryCredentials;
}

export interface FoundCredentials {
  readonly status: 'read';
  readonly credentials: RegistryCredentials;
  /**
   * Where the credential for a registry comes from, with the version of its Secret. Verdicts of Pods with the same origin can be
   * shared; a registry without an entry is asked anonymously.
   */
  readonly origins: ReadonlyMap<string, string>;
  /** What gave no credential. A registry that refuses may want one of these: say so beside its refusal. */
  readonly skipped: readonly SkippedSecret[];
}

export interface SkippedSecret {
  /** `namespace/name`. */
  readonly secret: string;
  /** One sentence, without a period and without a value of the Secret. */
  readonly reason: string;
}

export type PullCredentialsReading = FoundCredentials | ImageUnavailable;

const SECRETS_MAX = REGISTRY_LIMITS['image.registry.pullSecretsMax'].default;
const BYTES_MAX = REGISTRY_LIMITS['image.registry.pullSecretBytesMax'].default;
const TIMEOUT_MS = REGISTRY_LIMITS['image.registry.pullSecretTimeoutMs'].default;
const ENTRIES_MAX = REGISTRY_LIMITS['image.registry.pullCredentialsMax'].default;
const LIFE_MS = REGISTRY_LIMITS['image.registry.pullCredentialsLifeMs'].default;

/** The formats, by the type of Secret. */
const FORMATS = new Map([
  ['kubernetes.io/dockerconfigjson', { key: '.dockerconfigjson', parse: parseDockerConfig }],
  ['kubernetes.io/dockercfg', { key: '.dockercfg', parse: parseLegacyDockerConfig }],
]);

const serviceAccountSchema = z.looseObject({
  imagePullSecrets: z.array(z.looseObject({ name: z.string().nullish() })).nullish(),
});

type Read = { readonly status: 'read'; readonly body: unknown } | { readonly status: 'absent' };

/** One object that is asked for. */
interface Asked {
  readonly kind: 'Secret' | 'ServiceAccount';
  readonly namespace: string;
  readonly name: string;
  readonly deadlineAtMs: MonotonicMs;
}

/** Keeps what was found for a short time; that nobody can tell is not kept. */
export class PullCredentials {
  readonly #options: PullCredentialsOptions;
  readonly #kept = new ExpiringCache<FoundCredentials>({
    lifeMs: LIFE_MS,
    entriesMax: ENTRIES_MAX,
  });
  readonly #reading = new Map<string, Promise<PullCredentialsReading>>();

  constructor(options: PullCredentialsOptions) {
    this.#options = options;
  }

  /** Never rejects. Pods of one scope at the same time share the reading. */
  async read(scope: PullScope): Promise<PullCredentialsReading> {
    const key = formatCredentialScope(scope);
    const kept = this.#kept.get(key, this.#options.clock.monotonicMs());
    if (kept !== undefined) return kept;
    const running = this.#reading.get(key);
    if (running !== undefined) return await running;
    const reading = this.#read(scope);
    this.#reading.set(key, reading);
    try {
      const found = await reading;
      const nowMs = this.#options.clock.monotonicMs();
      if (found.status === 'read') this.#kept.set(key, found, nowMs);
      return found;
    } finally {
      this.#reading.delete(key);
    }
  }

  async #read(scope: PullScope): Promise<PullCredentialsReading> {
    const deadlineAtMs = addMs(this.#options.clock.monotonicMs(), TIMEOUT_MS);
    const names = await this.#findNames(scope, deadlineAtMs);
    if (!Array.isArray(names)) return names;
    const found = new Collection(this.#options.configured);
    // One after the other: their bytes are bounded together.
    for (const name of names.slice(0, SECRETS_MAX)) {
      const asked = { kind: 'Secret', namespace: scope.namespace, name, deadlineAtMs } as const;
      const reading = await this.#ask(asked);
      if (reading.status === 'unavailable') return reading;
      found.add(asked, reading);
    }
    for (const name of names.slice(SECRETS_MAX)) {
      found.skip(
        { namespace: scope.namespace, name },
        `Of ${names.length} pull secrets, ${SECRETS_MAX} are read`,
      );
    }
    return found.finish();
  }

  /** The Pod's; where it names none, those of its service account. */
  async #findNames(
    { namespace, pullSecrets, serviceAccount }: PullScope,
    deadlineAtMs: MonotonicMs,
  ): Promise<string[] | ImageUnavailable> {
    if (pullSecrets.length > 0) return [...pullSecrets];
    const asked = {
      kind: 'ServiceAccount',
      namespace,
      name: serviceAccount,
      deadlineAtMs,
    } as const;
    const reading = await this.#ask(asked);
    if (reading.status === 'unavailable') return reading;
    if (reading.status === 'absent') return [];
    const parsed = serviceAccountSchema.safeParse(reading.body);
    return parsed.success
      ? [...namesOf(parsed.data.imagePullSecrets)]
      : imageUnavailable(`The ServiceAccount ${namespace}/${serviceAccount} is malformed`);
  }

  async #ask({ kind, namespace, name, deadlineAtMs }: Asked): Promise<Read | ImageUnavailable> {
    const resource = kind === 'Secret' ? 'secrets' : 'serviceaccounts';
    const path = formatObjectPath({ group: '', version: 'v1', resource, kind, namespace, name });
    // No object has such a name.
    if (path === undefined) return { status: 'absent' };
    const reading = await this.#options.client.read(path, { deadlineAtMs });
    if (reading.status !== 'unavailable') return reading;
    return reading.code === 'lookup_forbidden'
      ? imageUnavailable(
          `The API server does not let Holdfast read the ${kind} ${namespace}/${name}, which may have the credential for the image: give its service account "get" on ${resource} in ${namespace}`,
        )
      : imageUnavailable(
          `The ${kind} ${namespace}/${name} cannot be read, which may have the credential for the image: ${reading.reason}`,
        );
  }
}

/** The first credential for a registry counts: the Pod's in their order, then the configured ones. */
class Collection {
  readonly #credentials = new Map<string, RegistryCredential>();
  readonly #origins = new Map<string, string>();
  readonly #skipped: SkippedSecret[] = [];
  readonly #configured: RegistryCredentials;
  #bytes = 0;

  constructor(configured: RegistryCredentials) {
    this.#configured = configured;
  }

  /**
   * A Secret that cannot be used is skipped: another may have the credential, and with one less, a registry shows less. The kubelet
   * skips one that is absent or of another type, and pulls nothing with one that is malformed; that Pod does not start anyway.
   */
  add(place: Pick<Asked, 'namespace' | 'name'>, reading: Read): void {
    if (reading.status === 'absent') {
      this.skip(place, 'There is no such Secret');
      return;
    }
    const secret = readSecretData(reading.body);
    if (secret === undefined) {
      this.skip(place, 'It is malformed');
      return;
    }
    const content = this.#parse(secret);
    if (!content.ok) {
      this.skip(place, content.reason);
      return;
    }
    const origin = `Secret ${place.namespace}/${place.name} ${secret.version}`;
    this.#take(content.credentials, origin);
  }

  skip({ namespace, name }: Pick<Asked, 'namespace' | 'name'>, reason: string): void {
    this.#skipped.push({ secret: `${namespace}/${name}`, reason });
  }

  finish(): FoundCredentials {
    this.#take(this.#configured, 'configured');
    return {
      status: 'read',
      credentials: this.#credentials,
      origins: this.#origins,
      skipped: this.#skipped,
    };
  }

  #take(credentials: RegistryCredentials, origin: string): void {
    for (const [registry, credential] of credentials) {
      if (this.#credentials.has(registry)) continue;
      this.#credentials.set(registry, credential);
      this.#origins.set(registry, origin);
    }
  }

  #parse(secret: SecretData): DockerConfigReading {
    const format = FORMATS.get(secret.type);
    if (format === undefined) {
      return refuse(`Its type is "${secret.type}", and not ${[...FORMATS.keys()].join(' or ')}`);
    }
    const text = secret.text(format.key);
    if (text === undefined) return refuse(`It has no key "${format.key}"`);
    const bytes = Buffer.from(text);
    if (this.#bytes + bytes.length > BYTES_MAX) {
      return refuse(`The pull secrets have more than ${BYTES_MAX} bytes`);
    }
    this.#bytes += bytes.length;
    const reading = format.parse(bytes);
    return reading.ok
      ? reading
      : refuse(`Its key "${format.key}" cannot be used: ${reading.reason}`);
  }
}

function refuse(reason: string): DockerConfigReading {
  return { ok: false, reason };
}
