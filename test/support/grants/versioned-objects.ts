/** Objects as an API server keeps them, with every version of each, and the ConfigMap that counts uses. */
import { z } from 'zod';
import type { ApiReading, ApiWriting } from '../../../src/kubernetes/client/cluster-client.ts';

const ledgerBody = z.object({
  metadata: z.object({ resourceVersion: z.string().optional() }),
  data: z.record(z.string(), z.string()),
});

export interface Metadata {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly managedFields: readonly { readonly manager: string; readonly operation: string }[];
}

interface Ledger {
  readonly resourceVersion: string;
  readonly data: Readonly<Record<string, string>>;
}

const LEDGER = '/api/v1/namespaces/holdfast-system/configmaps/holdfast-grant-uses';

export class VersionedObjects {
  readonly #versions = new Map<string, Metadata[]>();
  #ledger: Ledger | undefined;
  #revision = 0;
  #writes = 0;

  /** The metadata of now. */
  read(path: string): Metadata {
    const found = this.#versions.get(path)?.at(-1);
    if (found === undefined) throw new RangeError(`There is no ${path}`);
    return found;
  }

  /** What a writer asks for, as a webhook sees it: the version is still that of before. */
  next(path: string, { writer }: { readonly writer: string }): Metadata {
    this.#writes += 1;
    const before = this.#versions.get(path)?.at(-1);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const managedFields = [{ manager: writer, operation: `write ${this.#writes}` }];
    return { name, uid: `uid-${name}`, resourceVersion: '0', ...before, managedFields };
  }

  put(path: string, metadata: Metadata): void {
    this.#revision += 1;
    const versions = this.#versions.get(path) ?? [];
    this.#versions.set(path, versions);
    versions.push({ ...metadata, resourceVersion: String(this.#revision) });
  }

  write(path: string, by: { readonly writer: string }): void {
    this.put(path, this.next(path, by));
  }

  get(path: string): ApiReading {
    if (path !== LEDGER) return { status: 'read', body: { metadata: this.read(path) } };
    if (this.#ledger === undefined) return { status: 'absent' };
    const { resourceVersion, data } = this.#ledger;
    return { status: 'read', body: { metadata: { resourceVersion }, data } };
  }

  /** Against its version, as the API server compares it. */
  writeLedger(method: string, body: unknown): ApiWriting {
    const { data, metadata } = ledgerBody.parse(body);
    const isCurrent =
      method === 'POST'
        ? this.#ledger === undefined
        : metadata.resourceVersion === this.#ledger?.resourceVersion;
    if (!isCurrent) return { status: 'conflict', reason: 'somebody was faster' };
    this.#revision += 1;
    this.#ledger = { resourceVersion: String(this.#revision), data };
    return { status: 'written', body: {} };
  }

  /** What is counted of a grant. */
  usesOf(grant: string): readonly unknown[] {
    const uses: unknown = JSON.parse(this.#ledger?.data[grant] ?? '[]');
    return Array.isArray(uses) ? uses : [];
  }

  /** The first event of a watch that begins behind a version of one object. */
  lineAfter(watchPath: string): string | undefined {
    const { pathname, searchParams } = new URL(watchPath, 'https://127.0.0.1');
    const name = searchParams.get('fieldSelector')?.replace('metadata.name=', '') ?? '';
    const version = searchParams.get('resourceVersion');
    const versions = this.#versions.get(`${pathname}/${name}`) ?? [];
    const at = versions.findIndex(({ resourceVersion }) => resourceVersion === version);
    const metadata = at < 0 ? undefined : versions[at + 1];
    return metadata && JSON.stringify({ type: 'MODIFIED', object: { metadata } });
  }
}
