/** Secrets as the API server keeps them, for several replicas at once: a write over an older version is a conflict. */
import { z } from 'zod';
import type {
  ApiReading,
  ApiWriting,
  ConnectedCluster,
} from '../../src/kubernetes/client/cluster-client.ts';

const secretBody = z.looseObject({
  metadata: z.looseObject({ name: z.string(), resourceVersion: z.string().optional() }),
  data: z.record(z.string(), z.string()),
});

export class MemorySecrets implements ConnectedCluster {
  readonly server = 'https://memory';
  readonly stored = new Map<string, z.output<typeof secretBody>>();
  writes = 0;
  /** Set: the API server does not answer. */
  isAway = false;
  /** Set: nothing may be written. */
  isReadOnly = false;
  #version = 0;

  read = (path: string): Promise<ApiReading> => {
    if (this.isAway) return Promise.resolve(away);
    const body = this.stored.get(path);
    return Promise.resolve(body === undefined ? { status: 'absent' } : { status: 'read', body });
  };

  write = (
    path: string,
    { method, body }: { readonly method: string; readonly body: unknown },
  ): Promise<ApiWriting> => {
    if (this.isAway) return Promise.resolve(away);
    if (this.isReadOnly) return Promise.resolve(away);
    const parsed = secretBody.parse(body);
    const { name, resourceVersion } = parsed.metadata;
    const key = method === 'POST' ? `${path}/${name}` : path;
    if (this.stored.get(key)?.metadata.resourceVersion !== resourceVersion) {
      return Promise.resolve({ status: 'conflict', reason: 'another version is stored' });
    }
    this.#version += 1;
    this.writes += 1;
    const metadata = { ...parsed.metadata, resourceVersion: String(this.#version) };
    this.stored.set(key, { ...parsed, metadata });
    return Promise.resolve({ status: 'written', body });
  };

  watch = (): Promise<never> => Promise.reject(new Error('Nothing is followed here'));

  close = (): void => undefined;
}

const away = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' } as const;
