/**
 * The signed bundle in a ConfigMap, which replicas mount and follow. Whoever may write the ConfigMap can take it away or put an older bundle
 * of ours there, and nothing else: what we have not signed, replicas do not take, and the next turn replaces it.
 */
import { z } from 'zod';
import { addMs, type Clock } from '../../../base/clock.ts';
import type { SigningKey } from '../../../base/json-web-signature.ts';
import type { ConnectedCluster } from '../../../kubernetes/client/cluster-client.ts';
import { explainFailure } from '../../../kubernetes/client/explain-failure.ts';
import { CONSTRAINTS_FILE, type BundleFiles } from '../../../policy/bundle/bundle-files.ts';
import { packBundle, unpackBundle } from '../../../policy/bundle/pack-bundle.ts';
import { signBundle } from '../../../policy/bundle/sign-bundle.ts';
import { compileBundle } from '../../../policy/load-bundle.ts';
import type { Manifest } from '../../../policy/manifest.ts';
import { HoldfastError } from '../../../errors.ts';
import type { FoundDocument } from '../plan-constraints.ts';
import { formatDocuments, parseDocuments } from './stored-documents.ts';

export interface PublishedOptions {
  readonly client: Pick<ConnectedCluster, 'read' | 'write'>;
  readonly clock: Clock;
  readonly namespace: string;
  readonly key: SigningKey;
  /** As `policies.keys` of the replicas has it. */
  readonly scope: string | undefined;
}

export type PublishedReading =
  | {
      readonly status: 'read';
      /** Absent: there is no ConfigMap, or what is in it is not what we sign. */
      readonly manifest: Manifest | undefined;
      /** The last good form of what it was built from, by name; none where the manifest is absent. */
      readonly documents: ReadonlyMap<string, FoundDocument>;
      /** Absent: there is no ConfigMap. */
      readonly resourceVersion: string | undefined;
    }
  | { readonly status: 'unavailable'; readonly reason: string };

/** What is written, and over what. */
export interface Publication {
  readonly files: BundleFiles;
  /** What they were built from. */
  readonly documents: Iterable<FoundDocument>;
  /** As it was read. Absent: there is no ConfigMap. */
  readonly resourceVersion: string | undefined;
}

/** What is ours of what a ConfigMap holds. */
type Verified = Pick<Extract<PublishedReading, { status: 'read' }>, 'manifest' | 'documents'>;

const NOTHING: Verified = { manifest: undefined, documents: new Map() };

/** The ConfigMap; gitops_namespaces knows it by this name. */
export const PUBLISHED_NAME = 'holdfast-gatekeeper';
/** What replicas name in `policies.bundle`. */
const BUNDLE_KEY = 'bundle.tar.gz';
/** Nobody waits: an API server that takes longer is asked again. */
const CALL_MS_MAX = 10_000;
/** The API server refuses larger ones. Source: Kubernetes, ConfigMap validation, MaxSecretSize. */
const BYTES_MAX = 1_048_576;

const configMapSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string().min(1) }),
  binaryData: z.record(z.string(), z.string()).nullish(),
});

/** No request is sent before the first call. Neither call rejects. */
export class PublishedBundle {
  readonly #options: PublishedOptions;
  /** What was verified last: it is looked at again and again, and each time would be compiled. */
  #verified: { readonly encoded: string; readonly verified: Verified } | undefined;

  constructor(options: PublishedOptions) {
    this.#options = options;
  }

  async read(): Promise<PublishedReading> {
    const { client } = this.#options;
    const path = `${this.#path()}/${PUBLISHED_NAME}`;
    const reading = await client.read(path, { deadlineAtMs: this.#deadlineAtMs() });
    if (reading.status === 'absent') {
      return { status: 'read', ...NOTHING, resourceVersion: undefined };
    }
    if (reading.status === 'unavailable') return { status: 'unavailable', reason: reading.reason };
    const parsed = configMapSchema.safeParse(reading.body);
    if (!parsed.success) {
      return { status: 'unavailable', reason: `The answer to GET ${path} is no ConfigMap` };
    }
    const { metadata, binaryData } = parsed.data;
    const verified = await this.#verify(binaryData?.[BUNDLE_KEY]);
    return { status: 'read', ...verified, resourceVersion: metadata.resourceVersion };
  }

  /** Over what was read: one of two leaders is refused. `undefined` where it is written, else why it is not. */
  async write({ files, documents, resourceVersion }: Publication): Promise<string | undefined> {
    const { client, clock, key, scope, namespace } = this.#options;
    const carried = new Map([...files, [CONSTRAINTS_FILE, formatDocuments(documents)]]);
    const signed = await signBundle(carried, { key, scope, nowMs: clock.wallMs() });
    if (!signed.ok) return signed.reason;
    const bytes = await packBundle(signed.value);
    if (bytes.length > BYTES_MAX) {
      return `The bundle has ${bytes.length} bytes, and a ConfigMap holds ${BYTES_MAX}: build it in a pipeline (holdfast policy build --from-cluster), and let a server have it (policies.server)`;
    }
    const isNew = resourceVersion === undefined;
    const writing = await client.write(isNew ? this.#path() : `${this.#path()}/${PUBLISHED_NAME}`, {
      method: isNew ? 'POST' : 'PUT',
      deadlineAtMs: this.#deadlineAtMs(),
      body: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: PUBLISHED_NAME,
          namespace,
          labels: { 'app.kubernetes.io/name': 'holdfast', 'app.kubernetes.io/part-of': 'holdfast' },
          ...(!isNew && { resourceVersion }),
        },
        binaryData: { [BUNDLE_KEY]: Buffer.from(bytes).toString('base64') },
      },
    });
    return writing.status === 'written' ? undefined : explainFailure(writing).reason;
  }

  async #verify(encoded: string | undefined): Promise<Verified> {
    if (encoded === undefined) return NOTHING;
    if (this.#verified?.encoded !== encoded) {
      this.#verified = { encoded, verified: await this.#compile(encoded) };
    }
    return this.#verified.verified;
  }

  async #compile(encoded: string): Promise<Verified> {
    const files = await unpackBundle(Buffer.from(encoded, 'base64'));
    if (!files.ok) return NOTHING;
    const { key, scope = '' } = this.#options;
    try {
      const trust = { keys: [{ key, scope }] };
      const { manifest } = await compileBundle(files.value, PUBLISHED_NAME, { trust });
      return { manifest, documents: parseDocuments(files.value.get(CONSTRAINTS_FILE)) };
    } catch (fault) {
      if (!(fault instanceof HoldfastError)) throw fault;
      return NOTHING;
    }
  }

  #path(): string {
    return `/api/v1/namespaces/${encodeURIComponent(this.#options.namespace)}/configmaps`;
  }

  #deadlineAtMs() {
    return addMs(this.#options.clock.monotonicMs(), CALL_MS_MAX);
  }
}
