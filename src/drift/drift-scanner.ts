/**
 * Judges what the watches tell: reads the object that changed, compares it with what its writer wrote last, and asks the decisions
 * whether admission has allowed the difference. What nobody accounts for stays open until it is gone.
 *
 * A watch is at most this far ahead of what was judged: a resource is busy until each of its changes has an outcome on disk, so
 * that a process that is killed judges them again.
 */
import { addMs, type Clock, type WallMs } from '../base/clock.ts';
import { errorText } from '../base/error-details.ts';
import { Semaphore } from '../base/semaphore.ts';
import type { Wait } from '../base/wait.ts';
import type { ApiReading } from '../kubernetes/client/cluster-client.ts';
import { formatObjectPath } from '../kubernetes/client/format-api-path.ts';
import { parseObject } from '../kubernetes/lookup/parse-object.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ServedResource } from '../kubernetes/watch/parse-discovery.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { StateComparer } from './compare-states.ts';
import { describeMetadata } from './describe-metadata.ts';
import type { ManagedBy } from './drift-finding.ts';
import type { DriftState, ObjectRow } from './drift-state.ts';
import type { FindingBook } from './finding-book.ts';
import type { CoverQuestion, RecentDecisions } from './recent-decisions.ts';

/** What a watch tells of an object. */
export interface ObjectEvent {
  readonly served: ServedResource;
  /** `group/resource/namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  /** Its metadata; absent where it is gone. */
  readonly metadata?: KubernetesObject | undefined;
}

export interface DriftScannerOptions {
  readonly read: (
    path: string,
    deadlineAtMs: ReturnType<Clock['monotonicMs']>,
  ) => Promise<ApiReading>;
  readonly state: Pick<DriftState, 'readObject' | 'writeRow' | 'removeRow'>;
  readonly rows: Map<string, ObjectRow>;
  readonly book: FindingBook;
  readonly decisions: Pick<RecentDecisions, 'catchUp' | 'findUncovered'>;
  /** Resolves when all replicas have been heard since. */
  readonly hearOthers: () => Promise<void>;
  readonly findManager: (
    object: KubernetesObject,
    reference: ObjectReference,
  ) => ManagedBy | undefined;
  readonly reduce: (object: KubernetesObject, reference: ObjectReference) => KubernetesObject;
  readonly compare: StateComparer;
  readonly settings: {
    readonly objectsMax: number;
    readonly concurrentReadsMax: number;
    readonly settleMs: number;
  };
  readonly clock: Clock;
  readonly wait: Wait;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** An API server that needs longer for one object has others to look after; it is asked again. */
const READ_TIMEOUT_MS = 10_000;
/** Each holds an object, some 10 KiB of JSON; those of a burst wait for their decisions side by side. */
const JUDGED_AT_ONCE_MAX = 512;
/** So many reads as may wait take a second; after this, they are begun anew. */
const PLACE_WAIT_MS = 60_000;
/** What the API server or the disk did not answer is asked again. */
const RETRY_MS = 1000;
/** A controller makes and removes hooks as a sync goes on. Sources: argo-cd util/hook, helm.sh/helm pkg/release. */
const HOOKS = ['argocd.argoproj.io/hook', 'helm.sh/hook'] as const;

/** One scanner for all resources. */
export class DriftScanner {
  readonly #options: DriftScannerOptions;
  readonly #reads: Semaphore;
  readonly #closing = new AbortController();
  readonly #pending = new Map<string, ObjectEvent>();
  readonly #running = new Map<string, Promise<void>>();
  /** By resource, how many of its objects have no outcome yet. */
  readonly #busy = new Map<string, number>();
  #leftOut = 0;

  constructor(options: DriftScannerOptions) {
    this.#options = options;
    this.#reads = new Semaphore({
      runningMax: options.settings.concurrentReadsMax,
      waitingMax: JUDGED_AT_ONCE_MAX,
    });
  }

  /** How many objects have no outcome yet. */
  get waiting(): number {
    return this.#pending.size + this.#running.size;
  }

  isBusy(resource: string): boolean {
    return (this.#busy.get(resource) ?? 0) > 0;
  }

  /** Takes an event; the newest of an object counts. */
  offer(event: ObjectEvent): void {
    const { key, served, metadata } = event;
    if (this.#closing.signal.aborted || !this.#concerns(event)) return;
    const row = this.#options.rows.get(key);
    if (row === undefined && metadata !== undefined && this.#isFull()) {
      this.#leaveOut();
      return;
    }
    if (!this.#pending.has(key)) this.#count(served.resource, 1);
    this.#pending.set(key, event);
    this.#pump();
  }

  /** Resolves when nothing is judged any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#pending.clear();
    await Promise.all(this.#running.values());
  }

  #concerns({ key, metadata, ...place }: ObjectEvent): boolean {
    const { rows, findManager } = this.#options;
    const row = rows.get(key);
    if (metadata === undefined) return row !== undefined;
    if (row === undefined) return findManager(metadata, referenceOf(place)) !== undefined;
    return row.gone === true || row.version !== metadata.metadata?.resourceVersion;
  }

  #isFull(): boolean {
    return this.#options.rows.size + this.#pending.size >= this.#options.settings.objectsMax;
  }

  #leaveOut(): void {
    this.#options.metrics.increment('holdfast_drift_left_out_total', { what: 'object' });
    this.#leftOut += 1;
    if (this.#leftOut > 1) return;
    this.#options.logger.warn(
      'More managed objects than drift.objectsMax: the rest is not compared',
      { objectsMax: this.#options.settings.objectsMax },
    );
  }

  #pump(): void {
    for (const [key, event] of this.#pending) {
      if (this.#running.size >= JUDGED_AT_ONCE_MAX) return;
      // The next state of an object waits for the outcome of this one.
      if (this.#running.has(key)) continue;
      this.#pending.delete(key);
      this.#running.set(key, this.#run(event));
    }
  }

  async #run(event: ObjectEvent): Promise<void> {
    const { key, served } = event;
    const outcome = await this.#judge(event).catch((error: unknown) => {
      // What is left undone at the end is judged by the next process.
      if (this.#closing.signal.aborted) return 'again' as const;
      this.#options.logger.warn('An object cannot be compared now; it is tried again', {
        object: key,
        reason: errorText(error),
      });
      return 'again' as const;
    });
    if (outcome === 'again') await this.#options.wait(RETRY_MS, this.#closing.signal);
    this.#running.delete(key);
    this.#count(served.resource, -1);
    if (outcome === 'again' && !this.#pending.has(key) && !this.#closing.signal.aborted) {
      // Without asking whether it concerns us: it did.
      this.#count(served.resource, 1);
      this.#pending.set(key, event);
    }
    this.#pump();
  }

  #count(resource: string, change: number): void {
    this.#busy.set(resource, (this.#busy.get(resource) ?? 0) + change);
  }

  async #judge(event: ObjectEvent): Promise<'done' | 'again'> {
    const { rows, state } = this.#options;
    const { key, metadata } = event;
    const row = rows.get(key);
    if (metadata === undefined) {
      if (row !== undefined) await this.#judgeDeletion(event, row, true);
      return 'done';
    }
    const print = describeMetadata(metadata);
    if (row !== undefined && row.gone !== true && print !== '' && row.print === print) {
      // Its status, most often. Not written: a restart compares it once more, and finds the same.
      rows.set(key, { ...row, version: metadata.metadata?.resourceVersion ?? '' });
      return 'done';
    }
    const reference = referenceOf(event);
    const readAtMs = this.#options.clock.wallMs();
    const reading = await this.#read(reference);
    if (reading.status === 'unavailable') throw new Error(reading.reason);
    const stored = reading.status === 'read' ? parseObject(reading.body) : undefined;
    if (reading.status === 'absent') {
      if (row !== undefined) await this.#judgeDeletion(event, row, true);
      return 'done';
    }
    if (stored === undefined) throw new Error('The answer is no object');
    const object = this.#options.reduce(stored, reference);
    const before = row && (await state.readObject(key));
    const manager = this.#options.findManager(stored, reference);
    const current = { event, stored, object, manager, row, readAtMs };
    // What it was is unknown, or was read in another version, whose fields are others.
    if (row === undefined || before === undefined || before.apiVersion !== object.apiVersion) {
      await this.#accept(current);
    } else await this.#judgeChange({ ...current, row }, before);
    return 'done';
  }

  async #judgeChange(current: Current & { readonly row: ObjectRow }, before: KubernetesObject) {
    const { event, stored, object, row } = current;
    if (typeof stored.metadata?.deletionTimestamp === 'string' && row.gone !== true) {
      // It cannot be taken back: finalizers only delay it.
      await this.#judgeDeletion(event, row, false);
      return;
    }
    const { book, compare, metrics } = this.#options;
    const { change, writers, writtenAtMs } = compare(before, object);
    if (!change.semantic) {
      await this.#accept(current);
      return;
    }
    const known = book.find(event.key);
    const passed = known?.finding.what === 'changed' ? known.passed : [];
    const paths = change.paths.map(({ path }) => path).filter((path) => !passed.includes(path));
    const uncovered = await this.#findUncovered({
      ...questionOf(event, row),
      isNew: stored.metadata?.uid !== row.uid,
      what: { paths: paths.map((path) => ({ path, atMs: writtenAtMs.get(path) })) },
    });
    if (uncovered.length === 0) {
      metrics.increment('holdfast_drift_findings_total', { outcome: 'passed' });
      await this.#accept(current);
      return;
    }
    const open = new Set(uncovered);
    const listed = change.paths.filter(({ path }) => open.has(path));
    await book.open(event.key, {
      finding: {
        what: 'changed',
        writers,
        object: referenceOf(event),
        uid: stored.metadata?.uid ?? '',
        managedBy: { tool: row.tool, app: row.app },
        change: {
          ...change,
          paths: listed,
          protectedKeys: change.protectedKeys.filter((path) => open.has(path)),
        },
      },
      passed: [...passed, ...paths.filter((path) => !open.has(path))],
    });
    const { gone: _, ...there } = row;
    await this.#keep(event.key, { ...there, ...versionOf(stored) });
  }

  async #judgeDeletion(event: ObjectEvent, row: ObjectRow, isGone: boolean): Promise<void> {
    const { book, state, metrics } = this.#options;
    const { key } = event;
    const known = book.find(key);
    if (known?.finding.what === 'deleted') {
      if (isGone && row.gone !== true) await this.#keep(key, { ...row, gone: true });
      return;
    }
    const before = await state.readObject(key);
    const isHook = HOOKS.some((hook) => before?.metadata?.annotations?.[hook] !== undefined);
    const question = { ...questionOf(event, row), isNew: false, what: 'deleted' } as const;
    if (isHook || (await this.#findUncovered(question)).length === 0) {
      metrics.increment('holdfast_drift_findings_total', { outcome: 'passed' });
      if (isGone) await this.#forget(key);
      return;
    }
    await book.open(key, {
      finding: {
        what: 'deleted',
        writers: [],
        object: referenceOf(event),
        uid: row.uid,
        managedBy: { tool: row.tool, app: row.app },
        change: WHOLE_OBJECT,
      },
      passed: [],
    });
    if (isGone) await this.#keep(key, { ...row, gone: true });
  }

  /** Which of the paths no decision covers, of any replica. */
  async #findUncovered(question: CoverQuestion): Promise<readonly string[]> {
    const { decisions, hearOthers, settings, wait } = this.#options;
    await decisions.catchUp();
    const first = decisions.findUncovered(question);
    if (first.length === 0) return first;
    await wait(settings.settleMs, this.#closing.signal);
    if (this.#closing.signal.aborted) throw new Error('The scanner is closed');
    await hearOthers();
    await decisions.catchUp();
    return decisions.findUncovered(question);
  }

  /** What it is now is what it should be. */
  async #accept({ event, stored, object, manager, row, readAtMs }: Current): Promise<void> {
    const { key } = event;
    await this.#options.book.close(key);
    // Its writer, or an allowed request, has let go of it.
    if (manager === undefined) {
      if (row !== undefined) await this.#forget(key);
      return;
    }
    const kept = { ...manager, ...versionOf(stored), atMs: readAtMs };
    await this.#keep(key, kept, object);
  }

  async #keep(key: string, row: ObjectRow, object?: KubernetesObject): Promise<void> {
    await this.#options.state.writeRow(key, row, object);
    this.#options.rows.set(key, row);
  }

  async #forget(key: string): Promise<void> {
    await this.#options.book.close(key);
    await this.#options.state.removeRow(key);
    this.#options.rows.delete(key);
  }

  async #read(reference: ObjectReference): Promise<ApiReading> {
    const { read, clock, metrics } = this.#options;
    const path = formatObjectPath(reference);
    if (path === undefined) return { status: 'absent' };
    if ((await this.#reads.acquire(PLACE_WAIT_MS)) !== 'acquired') {
      throw new Error('Too many objects wait to be read');
    }
    try {
      const reading = await read(path, addMs(clock.monotonicMs(), READ_TIMEOUT_MS));
      metrics.increment('holdfast_drift_reads_total', { outcome: reading.status });
      return reading;
    } finally {
      this.#reads.release();
    }
  }
}

/** An object that was read. */
interface Current {
  readonly event: ObjectEvent;
  readonly stored: KubernetesObject;
  /** As it is compared and kept. */
  readonly object: KubernetesObject;
  readonly manager: ManagedBy | undefined;
  readonly row: ObjectRow | undefined;
  /** When the reading began. */
  readonly readAtMs: WallMs;
}

const WHOLE_OBJECT = {
  semantic: true,
  paths: [{ path: '', segments: [], kind: 'removed', gitOwned: true }],
  protectedKeys: [],
  truncated: false,
} as const;

function referenceOf({
  served: { group, version, resource, kind, namespaced },
  namespace,
  name,
}: Pick<ObjectEvent, 'served' | 'namespace' | 'name'>): ObjectReference {
  return { group, version, resource, kind, name, ...(namespaced && { namespace }) };
}

function versionOf(stored: KubernetesObject): Pick<ObjectRow, 'uid' | 'version' | 'print'> {
  const { uid = '', resourceVersion = '' } = stored.metadata ?? {};
  return { uid, version: resourceVersion, print: describeMetadata(stored) };
}

function questionOf(
  { key }: ObjectEvent,
  { atMs }: ObjectRow,
): { readonly object: string; readonly sinceMs: WallMs } {
  return { object: key, sinceMs: atMs };
}
