/**
 * Reads the credentials that Argo CD and Flux keep in the cluster. Whoever reads them needs the right to read these
 * Secrets; a serving process has it only where an operator grants it.
 */
import { z } from 'zod';
import { addMs, type Clock } from '../../base/clock.ts';
import type { ClusterClient } from '../../kubernetes/client/cluster-client.ts';
import { formatListPath, formatObjectPath } from '../../kubernetes/client/format-api-path.ts';
import { SECOND } from '../../settings/limit.ts';
import type { RepositoryUrl } from '../parse-repository-url.ts';
import type { CredentialReading } from './credential.ts';
import { matchArgocdCredential, type ArgocdTrust } from './match-credential.ts';
import { ARGOCD_SECRET_LABEL, parseArgocdSecret } from './parse-argocd-secret.ts';
import { parseFluxSecret } from './parse-flux-secret.ts';
import { readSecretData } from '../../kubernetes/secret-data.ts';

export interface ClusterCredentialsOptions {
  readonly client: Pick<ClusterClient, 'read'>;
  readonly clock: Clock;
  readonly argocdNamespace: string;
}

/** The API server answers in milliseconds. */
const READ_TIMEOUT_MS = 10 * SECOND;
/** Argo CD itself lists all of them at once. */
const SECRETS_MAX = 1000;

const CORE = { group: '', version: 'v1' } as const;

const listSchema = z.looseObject({
  metadata: z.looseObject({ continue: z.string().nullish() }).nullish(),
  items: z.array(z.unknown()).nullish(),
});

const configMapSchema = z.looseObject({
  data: z.record(z.string(), z.string()).nullish(),
});

type Read<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string; readonly isForbidden?: true | undefined };

/** Reads at each question: a rotated credential counts at once, and none stays in memory. */
export class ClusterCredentials {
  readonly #options: ClusterCredentialsOptions;

  constructor(options: ClusterCredentialsOptions) {
    this.#options = options;
  }

  /** For an application of an AppProject. */
  async forArgocd(repository: RepositoryUrl, project: string): Promise<CredentialReading> {
    const secrets = await this.#listArgocdSecrets();
    if (!secrets.ok) return secrets;
    const trust = await this.#readTrust();
    if (!trust.ok) return trust;
    const credentials = secrets.value.flatMap((secret) => {
      const data = readSecretData(secret);
      return data === undefined ? [] : (parseArgocdSecret(data) ?? []);
    });
    return matchArgocdCredential({ repository, project }, credentials, trust.value);
  }

  /** For a source of Flux that names a Secret in its own namespace. */
  async forFlux(
    repository: RepositoryUrl,
    place: { readonly namespace: string; readonly name: string },
  ): Promise<CredentialReading> {
    const found = await this.#readObject('secrets', place);
    if (!found.ok) return found;
    const data = readSecretData(found.value);
    return data === undefined
      ? { ok: false, reason: `There is no Secret ${place.namespace}/${place.name}` }
      : parseFluxSecret(data, repository.protocol);
  }

  async #listArgocdSecrets(): Promise<Read<readonly unknown[]>> {
    const namespace = this.#options.argocdNamespace;
    const kind = { ...CORE, resource: 'secrets', kind: 'Secret' };
    const selector = encodeURIComponent(`${ARGOCD_SECRET_LABEL} in (repository,repo-creds)`);
    const path = `${formatListPath(kind, namespace)}?labelSelector=${selector}&limit=${SECRETS_MAX}`;
    const body = await this.#read(path);
    if (!body.ok) return body;
    const parsed = listSchema.safeParse(body.value);
    if (!parsed.success) return { ok: false, reason: `The Secrets of ${namespace} are no list` };
    if (parsed.data.metadata?.continue) {
      return { ok: false, reason: `${namespace} has more than ${SECRETS_MAX} repository Secrets` };
    }
    return { ok: true, value: parsed.data.items ?? [] };
  }

  /** Without these ConfigMaps no ssh server is known, and the authorities are those of the system. */
  async #readTrust(): Promise<Read<ArgocdTrust>> {
    const hosts = await this.#readConfigMap('argocd-ssh-known-hosts-cm');
    if (!hosts.ok) return hosts;
    const certificates = await this.#readConfigMap('argocd-tls-certs-cm');
    if (!certificates.ok) return certificates;
    const knownHosts = hosts.value['ssh_known_hosts'];
    const authorities = certificates.value;
    return { ok: true, value: { authorities, ...(knownHosts !== undefined && { knownHosts }) } };
  }

  async #readConfigMap(name: string): Promise<Read<Readonly<Record<string, string>>>> {
    const namespace = this.#options.argocdNamespace;
    const found = await this.#readObject('configmaps', { namespace, name });
    if (!found.ok) return found;
    const parsed = configMapSchema.safeParse(found.value ?? {});
    return parsed.success
      ? { ok: true, value: parsed.data.data ?? {} }
      : { ok: false, reason: `The ConfigMap ${namespace}/${name} is malformed` };
  }

  /** `undefined` if there is none. */
  async #readObject(
    resource: 'secrets' | 'configmaps',
    place: { readonly namespace: string; readonly name: string },
  ): Promise<Read<unknown>> {
    const path = formatObjectPath({ ...CORE, resource, kind: '', ...place });
    return path === undefined
      ? { ok: false, reason: `"${place.name}" is no name of an object` }
      : await this.#read(path);
  }

  async #read(path: string): Promise<Read<unknown>> {
    const { client, clock } = this.#options;
    const deadlineAtMs = addMs(clock.monotonicMs(), READ_TIMEOUT_MS);
    const reading = await client.read(path, { deadlineAtMs });
    switch (reading.status) {
      case 'read':
        return { ok: true, value: reading.body };
      case 'absent':
        return { ok: true, value: undefined };
      case 'unavailable':
        return {
          ok: false,
          reason: reading.reason,
          ...(reading.code === 'lookup_forbidden' && { isForbidden: true }),
        };
    }
  }
}
