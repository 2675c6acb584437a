/** What the certificates need of the API server: their Secret, the registered configurations, its clock, and an answer of ours. */
import { z } from 'zod';
import { addMs } from '../base/clock.ts';
import type { Clock, MonotonicMs, WallMs } from '../base/clock.ts';
import type { ApiWriting, ConnectedCluster } from '../kubernetes/client/cluster-client.ts';
import { explainFailure } from '../kubernetes/client/explain-failure.ts';
import {
  CERTIFICATES_SECRET,
  CERTIFICATES_SECRET_TYPE,
  parseCertificateSecret,
  SECRET_ENTRIES,
} from './parse-certificate-secret.ts';
import type { ParsedSecret, StoredCertificates } from './parse-certificate-secret.ts';
import { parseRegistered, REGISTERED_RESOURCES } from './parse-registered.ts';
import type { RegisteredConfiguration } from './parse-registered.ts';

export interface CertificateClusterOptions {
  readonly client: Pick<ConnectedCluster, 'read' | 'write'>;
  readonly clock: Clock;
  /** Where Holdfast runs. */
  readonly namespace: string;
  /** The name of both configurations. */
  readonly registrationName: string;
  /** The names of our webhooks. */
  readonly webhookNames: ReadonlySet<string>;
  /** The webhook that is asked about our own namespace. */
  readonly ownWebhookName: string;
}

export type Reading<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export type Writing = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Owns `clientConfig.caBundle` of our webhooks, and nothing else. */
export const CERTIFICATES_FIELD_MANAGER = 'holdfast-certificates';
/** Written in dry runs alone, and refused by our own policies: their answer is what is asked for. */
export const PROBE_NAME = 'holdfast-certificates-probe';
/** An API server that takes longer is no help now; the next turn asks again. */
const CALL_MS_MAX = 5000;
const ADMISSION_PATH = '/apis/admissionregistration.k8s.io/v1';
/** How every text that we answer ends: the decision by which its record is found. */
const OURS = /decision [0-9A-Z]{26}/u;

const createdSchema = z.looseObject({
  metadata: z.looseObject({ creationTimestamp: z.iso.datetime({ offset: true }) }),
});

/** No request is sent before the first call. */
export class CertificateCluster {
  readonly #options: CertificateClusterOptions;

  constructor(options: CertificateClusterOptions) {
    this.#options = options;
  }

  /** Those that are there. A configuration that cannot be read is a failure, never an absence. */
  async readRegistered(): Promise<Reading<readonly RegisteredConfiguration[]>> {
    const { client, registrationName, webhookNames } = this.#options;
    const found: RegisteredConfiguration[] = [];
    for (const resource of REGISTERED_RESOURCES) {
      const path = `${ADMISSION_PATH}/${resource}/${registrationName}`;
      const reading = await client.read(path, { deadlineAtMs: this.#deadlineAtMs() });
      if (reading.status === 'absent') continue;
      if (reading.status === 'unavailable') return { ok: false, reason: reading.reason };
      const parsed = parseRegistered(resource, reading.body, webhookNames);
      if (parsed === undefined) {
        return { ok: false, reason: `The answer to GET ${path} is no webhook configuration` };
      }
      found.push(parsed);
    }
    return { ok: true, value: found };
  }

  async readSecret(): Promise<Reading<ParsedSecret>> {
    const path = `${this.#secrets()}/${CERTIFICATES_SECRET}`;
    const reading = await this.#options.client.read(path, { deadlineAtMs: this.#deadlineAtMs() });
    if (reading.status === 'absent') return { ok: true, value: { status: 'absent' } };
    if (reading.status === 'unavailable') return { ok: false, reason: reading.reason };
    const secret = parseCertificateSecret(reading.body);
    return secret === undefined
      ? { ok: false, reason: `The answer to GET ${path} is no Secret` }
      : { ok: true, value: secret };
  }

  /** Over the version that was read; without one it is made. So one of two leaders tries again. */
  async writeSecret(
    stored: StoredCertificates,
    resourceVersion: string | undefined,
  ): Promise<Writing> {
    const { client, namespace } = this.#options;
    const isNew = resourceVersion === undefined;
    const body = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: CERTIFICATES_SECRET_TYPE,
      metadata: {
        name: CERTIFICATES_SECRET,
        namespace,
        labels: { 'app.kubernetes.io/name': 'holdfast', 'app.kubernetes.io/part-of': 'holdfast' },
        ...(isNew ? {} : { resourceVersion }),
      },
      data: formatEntries(stored),
    };
    const path = isNew ? this.#secrets() : `${this.#secrets()}/${CERTIFICATES_SECRET}`;
    const method = isNew ? 'POST' : 'PUT';
    const deadlineAtMs = this.#deadlineAtMs();
    return explain(await client.write(path, { method, body, deadlineAtMs }));
  }

  /**
   * Registers these authorities in a configuration that is as it was read: the API server refuses a leader that is late. It
   * never makes one, as what it would make could match nothing or everything.
   */
  async applyBundle(
    { resource, resourceVersion, webhooks }: RegisteredConfiguration,
    bundlePem: string,
  ): Promise<Writing> {
    const { client, registrationName: name } = this.#options;
    const caBundle = Buffer.from(bundlePem).toString('base64');
    const query = `fieldManager=${CERTIFICATES_FIELD_MANAGER}&force=true`;
    const path = `${ADMISSION_PATH}/${resource}/${name}?${query}`;
    const isValidating = resource === 'validatingwebhookconfigurations';
    const writing = await client.write(path, {
      method: 'PATCH',
      contentType: 'application/apply-patch+yaml',
      deadlineAtMs: this.#deadlineAtMs(),
      body: {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: isValidating ? 'ValidatingWebhookConfiguration' : 'MutatingWebhookConfiguration',
        metadata: { name, resourceVersion },
        webhooks: webhooks.map((webhook) => ({ name: webhook.name, clientConfig: { caBundle } })),
      },
    });
    return explain(writing);
  }

  /** The time of the API server, to the second: of an object that it would make. */
  async readTime(): Promise<Reading<WallMs>> {
    const { client, namespace } = this.#options;
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases?dryRun=All`;
    const writing = await client.write(path, {
      method: 'POST',
      deadlineAtMs: this.#deadlineAtMs(),
      body: {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { generateName: 'holdfast-clock-', namespace },
      },
    });
    if (writing.status !== 'written') return explainFailure(writing);
    const parsed = createdSchema.safeParse(writing.body);
    return parsed.success
      ? { ok: true, value: Date.parse(parsed.data.metadata.creationTimestamp) }
      : { ok: false, reason: 'The API server did not say when it would make a Lease' };
  }

  /**
   * Whether the API server gets an answer of ours: it is asked to make, in a dry run, what our policies refuse or warn of. No
   * answer is seen where no policy judges our namespace, and where the webhook is away, as it fails open there.
   */
  async isAnswered(): Promise<boolean> {
    const { client, namespace, ownWebhookName } = this.#options;
    const writing = await client.write(`${this.#secrets()}?dryRun=All`, {
      method: 'POST',
      deadlineAtMs: this.#deadlineAtMs(),
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: PROBE_NAME, namespace } },
    });
    if (writing.status === 'written') return OURS.test(writing.warning ?? '');
    return writing.status === 'refused' && writing.reason.includes(ownWebhookName);
  }

  #secrets(): string {
    return `/api/v1/namespaces/${this.#options.namespace}/secrets`;
  }

  #deadlineAtMs(): MonotonicMs {
    return addMs(this.#options.clock.monotonicMs(), CALL_MS_MAX);
  }
}

function formatEntries(stored: StoredCertificates): Readonly<Record<string, string>> {
  const entries = (['authority', 'next', 'leaf'] as const).flatMap((part) => {
    const pair = stored[part];
    const [certificateEntry, keyEntry] = SECRET_ENTRIES[part];
    if (pair === undefined) return [];
    return [
      [certificateEntry, pair.certificatePem],
      [keyEntry, pair.keyPem],
    ];
  });
  return Object.fromEntries(
    entries.map(([entry = '', pem = '']) => [entry, Buffer.from(pem).toString('base64')]),
  );
}

function explain(writing: ApiWriting): Writing {
  return writing.status === 'written' ? { ok: true } : explainFailure(writing);
}
