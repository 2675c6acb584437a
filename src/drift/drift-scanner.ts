/**
 * Judges what the watches tell: reads the object that changed, compares it with what its writer wrote last, and asks the decisions
 * whether admission has allowed the difference. What nobody accounts for stays open until it is gone.
 *
 * A watch is at most this far ahead of what was judged: a resource is busy until each of its changes has an outcome on disk, so
 * that a process that is killed judges them again.
 */
import { parseObjectKey } from '../audit/verify/index-record.ts';
import type { Clock, WallMs } from '../base/clock.ts';
import { errorText } from '../base/error-details.ts';
import type { Wait } from '../base/wait.ts';
import { parseObject } from '../kubernetes/lookup/parse-object.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { AdmissionJudge } from './admission/admission-judge.ts';
import type { StateComparer } from './compare-states.ts';
import { describeMetadata } from './describe-metadata.ts';
import { UNMANAGED, type FollowedOwner } from './drift-finding.ts';
import type { DriftState, ObjectRow } from './drift-state.ts';
import type { FindingBook } from './finding-book.ts';
import { listWriters } from './list-writers.ts';
import { referenceOf, versionOf, wholeObject, type ObjectEvent } from './object-event.ts';
import { ObjectReader, type ObjectReaderOptions } from './object-reader.ts';
import type { CoverQuestion, RecentDecisions } from './recent-decisions.ts';

export interface DriftScannerOptions {
  readonly read: ObjectReaderOptions['read'];
  readonly state: Pick<DriftState, 'readObject' | 'writeRow' | 'removeRow'>;
  readonly rows: Map<string, ObjectRow>;
  readonly book: FindingBook;
  readonly decisions: Pick<RecentDecisions, 'catchUp' | 'findUncovered'>;
  /** Resolves when all replicas have been heard since. */
  readonly hearOthers: () => Promise<void>;
  readonly findManager: (
    object: KubernetesObject,
    reference: ObjectReference,
  ) => FollowedOwner | undefined;
  readonly reduce: (object: KubernetesObject, reference: ObjectReference) => KubernetesObject;
  readonly compare: StateComparer;
  readonly admission: Pick<
    AdmissionJudge,
    'isUnseen' | 'isExpected' | 'isExpectedGone' | 'findEffect'
  >;
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

/** Each holds an object, some 10 KiB of JSON; those of a burst wait for their decisions side by side. */
const JUDGED_AT_ONCE_MAX = 512;
/** What the API server or the disk did not answer is asked again. */
const RETRY_MS = 1000;
/** A controller makes and removes hooks as a sync goes on. Sources: argo-cd util/hook, helm.sh/helm pkg/release. */
const HOOKS = ['argocd.argoproj.io/hook', 'helm.sh/hook'] as const;

/** One scanner for all resources. */
export class DriftScanner {
  readonly #options: DriftScannerOptions;
  readonly #reader: ObjectReader;
  readonly #closing = new AbortController();
  readonly #pending = new Map<string, ObjectEvent>();
  readonly #running = new Map<string, Promise<void>>();
  /** By resource, how many of its objects have no outcome yet. */
  readonly #busy = new Map<string, number>();
  /** What steers admission and was there first, until it has an outcome. */
  readonly #first = new Set<string>();
  #leftOut = 0;

  constructor(options: DriftScannerOptions) {
    this.#options = options;
    const { concurrentReadsMax } = options.settings;
    this.#reader = new ObjectReader({
      ...options,
      concurrentReadsMax,
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
    if (event.isFirst === true && this.#options.admission.isUnseen(served)) this.#first.add(key);
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
    else this.#first.delete(key);
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
    const reading = await this.#reader.read(reference);
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
    if (this.#isAddition(event, row)) await this.#judgeAddition(current);
    // What it was is unknown, or was read in another version, whose fields are others.
    else if (row === undefined || before === undefined || before.apiVersion !== object.apiVersion) {
      await this.#accept(current);
    } else await this.#judgeChange({ ...current, row }, before);
    return 'done';
  }

  /** Of what steers admission, an object that nobody has seen before is a finding, until somebody accounts for it. */
  #isAddition({ served, key }: ObjectEvent, row: ObjectRow | undefined): boolean {
    if (row !== undefined) return row.added === true;
    return this.#options.admission.isUnseen(served) && !this.#first.has(key);
  }

  async #judgeAddition(current: Current): Promise<void> {
    const { event, stored, object, manager = UNMANAGED, readAtMs } = current;
    const { admission, book } = this.#options;
    if (await admission.isExpected(stored)) {
      await this.#accept(current);
      return;
    }
    const row = { ...manager, ...versionOf(stored), atMs: readAtMs, added: true } as const;
    // Without a version, so that a process that is killed before it has told judges it again.
    await this.#keep(event.key, { ...row, version: '', print: '' }, object);
    const effect = await admission.findEffect(stored);
    await book.open(event.key, {
      finding: {
        what: 'added',
        writers: listWriters({}, object),
        object: referenceOf(event),
        uid: row.uid,
        managedBy: manager,
        change: wholeObject('added', row.version),
        ...(effect && { effect }),
      },
      passed: [],
    });
    await this.#keep(event.key, row);
  }

  async #judgeChange(current: Current & { readonly row: ObjectRow }, before: KubernetesObject) {
    const { event, stored, object, row } = current;
    if (typeof stored.metadata?.deletionTimestamp === 'string' && row.gone !== true) {
      // It cannot be taken back: finalizers only delay it.
      await this.#judgeDeletion(event, row, false);
      return;
    }
    const { admission, book, compare, metrics } = this.#options;
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
    const isSteering = listed.some(({ path }) => STEERING.test(path));
    const effect = isSteering ? await admission.findEffect(stored) : undefined;
    await book.open(event.key, {
      finding: {
        what: 'changed',
        writers,
        object: referenceOf(event),
        uid: stored.metadata?.uid ?? '',
        ...(effect && { effect }),
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
    const { admission, book, state, metrics } = this.#options;
    const { key } = event;
    if (row.added === true) {
      await this.#forget(key);
      return;
    }
    const known = book.find(key);
    if (known?.finding.what === 'deleted') {
      if (isGone && row.gone !== true) await this.#keep(key, { ...row, gone: true });
      return;
    }
    const before = await state.readObject(key);
    const isHook = HOOKS.some((hook) => before?.metadata?.annotations?.[hook] !== undefined);
    const question = { ...questionOf(event, row), isNew: false, what: 'deleted' } as const;
    const isExpected = isHook || (await admission.isExpectedGone(before));
    if (isExpected || (await this.#findUncovered(question)).length === 0) {
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
        change: wholeObject('removed'),
      },
      passed: [],
    });
    if (isGone) await this.#keep(key, { ...row, gone: true });
  }

  /** Which of the paths no decision covers, of any replica. */
  async #findUncovered(question: CoverQuestion): Promise<readonly string[]> {
    const { admission, decisions, hearOthers, settings, wait } = this.#options;
    const { what } = question;
    // No webhook was asked, so that nobody has decided.
    if (admission.isUnseen(parseObjectKey(question.object))) {
      return what === 'deleted' ? [''] : what.paths.map(({ path }) => path);
    }
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
}

/** An object that was read. */
interface Current {
  readonly event: ObjectEvent;
  readonly stored: KubernetesObject;
  /** As it is compared and kept. */
  readonly object: KubernetesObject;
  readonly manager: FollowedOwner | undefined;
  readonly row: ObjectRow | undefined;
  /** When the reading began. */
  readonly readAtMs: WallMs;
}

/** What of an object says which requests it is about, and what becomes of them. */
const STEERING = /^(?:webhooks|spec)\b/u;

function questionOf(
  { key }: ObjectEvent,
  { atMs }: ObjectRow,
): { readonly object: string; readonly sinceMs: WallMs } {
  return { object: key, sinceMs: atMs };
}
