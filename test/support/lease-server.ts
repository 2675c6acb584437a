/** One Lease in memory, with the optimistic concurrency of the API server. */
import assert from 'node:assert/strict';
import type {
  ApiReading,
  ApiWriting,
  WriteOptions,
} from '../../src/kubernetes/client/cluster-client.ts';
import { parseLease } from '../../src/kubernetes/leader-election/parse-lease.ts';
import type { Lease } from '../../src/kubernetes/leader-election/parse-lease.ts';

const BASE = '/apis/coordination.k8s.io/v1/namespaces/holdfast-system/leases';

export class LeaseServer {
  lease: Lease | undefined;
  fault: Extract<ApiReading, { status: 'unavailable' }> | undefined;
  writeFault: ApiWriting | undefined;
  /** Runs between a read and the write that follows it. */
  between: (() => void) | undefined;
  readonly writes: string[] = [];
  #version = 0;

  read(path: string): Promise<ApiReading> {
    assert.equal(path, `${BASE}/holdfast-alerts`);
    const { lease } = this;
    queueMicrotask(() => this.between?.());
    if (this.fault !== undefined) return Promise.resolve(this.fault);
    if (lease === undefined) return Promise.resolve({ status: 'absent' });
    return Promise.resolve({ status: 'read', body: structuredClone(lease) });
  }

  async write(path: string, { method, body }: WriteOptions): Promise<ApiWriting> {
    await Promise.resolve();
    if (this.writeFault !== undefined) return this.writeFault;
    const sent = parseLease(body);
    assert.ok(sent !== undefined);
    assert.equal(path, method === 'POST' ? BASE : `${BASE}/holdfast-alerts`);
    const isNew = method === 'POST';
    if (isNew !== (this.lease === undefined)) return { status: 'conflict', reason: 'exists' };
    const known = this.lease?.metadata.resourceVersion;
    if (!isNew && sent.metadata.resourceVersion !== known) {
      return { status: 'conflict', reason: 'the object has been modified' };
    }
    this.store(sent);
    this.writes.push(`${method} ${String(sent.spec?.holderIdentity)}`);
    return { status: 'written', body: structuredClone(this.lease) };
  }

  store(lease: Lease): void {
    this.#version += 1;
    const resourceVersion = String(this.#version);
    this.lease = { ...lease, metadata: { ...lease.metadata, resourceVersion } };
  }
}
