/** What the registration controller asks of the API server: what is registered, writing it, and the proof that it reaches us. */
import { addMs } from '../base/clock.ts';
import type { Clock, MonotonicMs } from '../base/clock.ts';
import { isRecord } from '../base/is-record.ts';
import type { ConnectedCluster } from '../kubernetes/client/cluster-client.ts';
import { explainFailure } from '../kubernetes/client/explain-failure.ts';
import { diffRegistration, webhooksOf } from './diff-registration.ts';
import { classifyProof, planProbe, planProbeLease, PROBE_NAME, PROOF_PATH } from './plan-proof.ts';
import type { Manifest } from './plan-registration.ts';

export interface RegistrationClusterOptions {
  readonly client: Pick<ConnectedCluster, 'read' | 'write'>;
  readonly clock: Clock;
}

export type Outcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly reason: string };

/** A configuration as it is stored; `undefined` where there is none. */
export type LiveConfiguration = Readonly<Record<string, unknown>> | undefined;

/** Owns all of our webhook configurations but the `caBundle` that another feature writes. */
export const REGISTRATION_FIELD_MANAGER = 'holdfast-registration';
/** An API server that takes longer is no help now; the next turn asks again. */
const CALL_MS_MAX = 5000;
const ADMISSION_PATH = '/apis/admissionregistration.k8s.io/v1';
const RESOURCES: Readonly<Record<string, string>> = {
  ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
  MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
};

/** Where objects of this kind are. */
export function registrationPath(kind: unknown): string {
  return `${ADMISSION_PATH}/${RESOURCES[String(kind)] ?? ''}`;
}

/** No request is sent before the first call. */
export class RegistrationCluster {
  readonly #options: RegistrationClusterOptions;

  constructor(options: RegistrationClusterOptions) {
    this.#options = options;
  }

  /** A configuration that cannot be read is a failure, never an absence. */
  async read(manifest: Manifest): Promise<Outcome<LiveConfiguration>> {
    const path = pathOf(manifest);
    const reading = await this.#options.client.read(path, { deadlineAtMs: this.#deadlineAtMs() });
    if (reading.status === 'absent') return { ok: true, value: undefined };
    if (reading.status === 'unavailable') return { ok: false, reason: reading.reason };
    return isRecord(reading.body)
      ? { ok: true, value: reading.body }
      : { ok: false, reason: `The answer to GET ${path} is no object` };
  }

  /**
   * Writes a configuration over the version that was read: the API server refuses whoever is late. A whole configuration is
   * one object, so that at no moment a webhook is gone and its successor not there. What somebody else added is no part of
   * what is applied: where it stays, the object is replaced.
   */
  async apply(
    planned: Manifest,
    live: LiveConfiguration,
    caBundle?: string,
  ): Promise<Outcome<void>> {
    const body = withVersion(withBundle(planned, live, caBundle), live);
    const applied = await this.#options.client.write(
      `${pathOf(planned)}?fieldManager=${REGISTRATION_FIELD_MANAGER}&force=true`,
      {
        method: 'PATCH',
        contentType: 'application/apply-patch+yaml',
        body,
        deadlineAtMs: this.#deadlineAtMs(),
      },
    );
    if (applied.status !== 'written') return explainFailure(applied);
    const stored = isRecord(applied.body) ? applied.body : undefined;
    if (diffRegistration(planned, stored).status === 'same') return { ok: true, value: undefined };
    const replaced = await this.#options.client.write(
      `${pathOf(planned)}?fieldManager=${REGISTRATION_FIELD_MANAGER}`,
      {
        method: 'PUT',
        body: withVersion(withBundle(planned, stored, caBundle), stored),
        deadlineAtMs: this.#deadlineAtMs(),
      },
    );
    return replaced.status === 'written'
      ? { ok: true, value: undefined }
      : explainFailure(replaced);
  }

  /**
   * Whether the API server gets an answer of ours by this address and trust; with the `caBundle` by which it did, which an
   * injector may have written. `caBundle` is tried where none is planned.
   */
  async prove(
    planned: Manifest,
    ownNamespace: string,
    caBundle?: string,
  ): Promise<Outcome<string | undefined>> {
    const [webhook] = webhooksOf(withBundle(planned, undefined, caBundle)).values();
    const clientConfig = isRecord(webhook?.['clientConfig']) ? webhook['clientConfig'] : {};
    const metadata = isRecord(planned['metadata']) ? planned['metadata'] : {};
    const { annotations } = metadata;
    const probe = planProbe({
      clientConfig: atProofPath(clientConfig),
      annotations: isRecord(annotations) ? textsOf(annotations) : {},
      ownNamespace,
    });
    const registered = await this.#options.client.write(
      `${ADMISSION_PATH}/validatingwebhookconfigurations/${PROBE_NAME}?fieldManager=${REGISTRATION_FIELD_MANAGER}&force=true`,
      {
        method: 'PATCH',
        contentType: 'application/apply-patch+yaml',
        body: probe,
        deadlineAtMs: this.#deadlineAtMs(),
      },
    );
    if (registered.status !== 'written') return explainFailure(registered);
    const asked = await this.#options.client.write(
      `/apis/coordination.k8s.io/v1/namespaces/${ownNamespace}/leases?dryRun=All`,
      { method: 'POST', body: planProbeLease(ownNamespace), deadlineAtMs: this.#deadlineAtMs() },
    );
    if (asked.status === 'written') {
      return { ok: false, reason: 'The API server does not ask the probe yet' };
    }
    const refusal = explainFailure(asked);
    if (classifyProof(refusal.reason) === 'unreached') return refusal;
    return { ok: true, value: bundleOf(isRecord(registered.body) ? registered.body : {}) };
  }

  #deadlineAtMs(): MonotonicMs {
    return addMs(this.#options.clock.monotonicMs(), CALL_MS_MAX);
  }
}

function pathOf({ kind, metadata }: Manifest): string {
  const name = isRecord(metadata) ? String(metadata['name']) : '';
  return `${registrationPath(kind)}/${name}`;
}

function atProofPath(clientConfig: Readonly<Record<string, unknown>>): Manifest {
  const { url, service } = clientConfig;
  return {
    ...clientConfig,
    ...(typeof url === 'string' && { url: `${url.replace(/\/[a-z]+$/u, '')}${PROOF_PATH}` }),
    ...(isRecord(service) && { service: { ...service, path: PROOF_PATH } }),
  };
}

function textsOf(record: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, String(value)]));
}

function withVersion(planned: Manifest, live: LiveConfiguration): Manifest {
  const metadata = isRecord(live?.['metadata']) ? live['metadata'] : {};
  const { resourceVersion } = metadata;
  if (resourceVersion === undefined) return planned;
  const own = isRecord(planned['metadata']) ? planned['metadata'] : {};
  return { ...planned, metadata: { ...own, resourceVersion } };
}

/** Whose trust is not ours to plan stays as it is; a webhook that is new gets that of its siblings, or of the probe. */
function withBundle(planned: Manifest, live: LiveConfiguration, proven?: string): Manifest {
  const found = webhooksOf(live ?? {});
  const shared = live === undefined ? undefined : bundleOf(live);
  const webhooks = [...webhooksOf(planned)].map(([name, webhook]) => {
    const clientConfig = isRecord(webhook['clientConfig']) ? webhook['clientConfig'] : {};
    const own = found.get(name)?.['clientConfig'];
    const caBundle =
      clientConfig['caBundle'] ?? (isRecord(own) ? own['caBundle'] : undefined) ?? shared ?? proven;
    if (caBundle === undefined) return webhook;
    return { ...webhook, clientConfig: { ...clientConfig, caBundle } };
  });
  return { ...planned, webhooks };
}

function bundleOf(configuration: Readonly<Record<string, unknown>>): string | undefined {
  for (const { clientConfig } of webhooksOf(configuration).values()) {
    const bundle = isRecord(clientConfig) ? clientConfig['caBundle'] : undefined;
    if (typeof bundle === 'string' && bundle !== '') return bundle;
  }
  return undefined;
}
