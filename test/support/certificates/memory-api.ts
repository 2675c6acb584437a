/**
 * The part of an API server that keeps our certificates, in memory: one Secret, two webhook configurations, and its clock.
 * Strict: a write over another version than the one that is there is a conflict, and so is making what is there already; an
 * unknown path fails the test. Each call waits for the gate first, so that a test decides the order.
 */
import assert from 'node:assert/strict';
import type { ApiReading, ApiWriting } from '../../../src/kubernetes/client/cluster-client.ts';
import type { CertificateClusterOptions } from '../../../src/certificates/certificate-cluster.ts';
import { isRecord } from '../../../src/base/is-record.ts';

export const NAMESPACE = 'holdfast-system';
export const WEBHOOKS = {
  validatingwebhookconfigurations: ['drift.holdfast.dev', 'self.holdfast.dev'],
  mutatingwebhookconfigurations: ['patch.holdfast.dev'],
} as const;
type Resource = keyof typeof WEBHOOKS;

const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;
const SECRET = `${SECRETS}/holdfast-certificates`;
const LEASES = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases?dryRun=All`;
const CONFIGURATION =
  /^\/apis\/admissionregistration\.k8s\.io\/v1\/(?<resource>(?:valid|mut)atingwebhookconfigurations)\/holdfast(?:\?fieldManager=holdfast-certificates&force=true)?$/u;

interface Versioned {
  readonly version: number;
  readonly body: Readonly<Record<string, unknown>>;
}

type Client = CertificateClusterOptions['client'];
type Gate = (what: string) => Promise<void>;

export class MemoryApi {
  /** The clock of the API server. */
  nowMs: number;
  /** What a probe is told: refused by our webhook, or made as if nobody was asked. */
  answers = true;
  /** While it is set, every call fails with it. */
  outage: string | undefined;
  #version = 1;
  #secret: Versioned | undefined;
  readonly #configurations = new Map<Resource, Versioned>();
  /** Every change, in order. */
  readonly changes: string[] = [];

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  /** Somebody else writes the Secret. */
  putSecret(body: Readonly<Record<string, unknown>> | undefined): void {
    this.#secret = body === undefined ? undefined : this.#next(body);
  }

  secret(): Readonly<Record<string, unknown>> | undefined {
    return this.#secret?.body;
  }

  /** Somebody registers all webhooks with a bundle, or without one. */
  register(bundlePem?: string): void {
    for (const resource of Object.keys(WEBHOOKS) as Resource[]) {
      const caBundle = bundlePem === undefined ? undefined : toBase64(bundlePem);
      const webhooks = WEBHOOKS[resource].map((name) => ({ name, clientConfig: { caBundle } }));
      this.#configurations.set(resource, this.#next({ webhooks }));
    }
  }

  /** The caBundle of each webhook, in PEM. */
  bundles(): readonly string[] {
    return [...this.#configurations.values()].flatMap(({ body }) =>
      listOf(body['webhooks']).map((webhook) => {
        const config = isRecord(webhook['clientConfig']) ? webhook['clientConfig'] : {};
        const { caBundle } = config;
        return typeof caBundle === 'string' ? Buffer.from(caBundle, 'base64').toString('utf8') : '';
      }),
    );
  }

  client(gate: Gate = () => Promise.resolve()): Client {
    return {
      read: async (path) => {
        await gate(`read ${path}`);
        return this.outage === undefined ? this.#read(path) : unavailable(this.outage);
      },
      write: async (path, { method, body }) => {
        await gate(`${method} ${path}`);
        if (this.outage !== undefined) return { status: 'unavailable', reason: this.outage };
        assert.ok(isRecord(body));
        return this.#write(method, path, body);
      },
    };
  }

  #next(body: Readonly<Record<string, unknown>>): Versioned {
    this.#version += 1;
    return { version: this.#version, body };
  }

  #read(path: string): ApiReading {
    const found = path === SECRET ? this.#secret : this.#configurations.get(resourceOf(path));
    if (found === undefined) return { status: 'absent' };
    const metadata = { resourceVersion: String(found.version) };
    return { status: 'read', body: { ...found.body, metadata } };
  }

  #write(method: string, path: string, body: Readonly<Record<string, unknown>>): ApiWriting {
    if (path === LEASES) {
      const creationTimestamp = new Date(this.nowMs).toISOString().replace(/\.\d+Z$/u, 'Z');
      return { status: 'written', body: { metadata: { creationTimestamp } } };
    }
    if (path === `${SECRETS}?dryRun=All`) {
      const reason = 'admission webhook "self.holdfast.dev" denied the request';
      return this.answers ? { status: 'refused', reason } : { status: 'written', body: {} };
    }
    if (method === 'PATCH') return this.#apply(resourceOf(path), body);
    assert.equal(path, method === 'POST' ? SECRETS : SECRET);
    const version = method === 'POST' ? undefined : versionOf(body);
    if (version !== this.#secret?.version) return { status: 'conflict', reason: 'conflict' };
    this.#secret = this.#next(body);
    this.changes.push(
      `secret ${Object.keys(isRecord(body['data']) ? body['data'] : {}).join(' ')}`,
    );
    return { status: 'written', body };
  }

  #apply(resource: Resource, body: Readonly<Record<string, unknown>>): ApiWriting {
    const found = this.#configurations.get(resource);
    if (found === undefined || found.version !== versionOf(body)) {
      return { status: 'conflict', reason: 'the object has been modified' };
    }
    this.#configurations.set(resource, this.#next({ webhooks: body['webhooks'] }));
    const [bundle = ''] = this.bundles();
    const count = bundle.split('BEGIN CERTIFICATE').length - 1;
    this.changes.push(`${resource.slice(0, 3)} trusts ${String(count)}`);
    return { status: 'written', body };
  }
}

function resourceOf(path: string): Resource {
  const resource = CONFIGURATION.exec(path)?.groups?.['resource'];
  assert.ok(resource !== undefined, `Unknown path ${path}`);
  return resource as Resource;
}

function versionOf(body: Readonly<Record<string, unknown>>): number {
  const metadata = isRecord(body['metadata']) ? body['metadata'] : {};
  return Number(metadata['resourceVersion']);
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function unavailable(reason: string): ApiReading {
  return { status: 'unavailable', code: 'lookup_failed', reason };
}
