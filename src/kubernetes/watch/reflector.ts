/**
 * A reflector, as in client-go: lists one resource, watches it, and lists again when the watch cannot continue.
 *
 * The loop continues after every kind of failure: each of its states has a pending list, watch or timer.
 */
import { setTimeout } from 'node:timers/promises';
import { type Clock, addMs } from '../../base/clock.ts';
import { errorText } from '../../base/error-details.ts';
import type { Semaphore } from '../../base/semaphore.ts';
import type { ClusterClient } from '../client/cluster-client.ts';
import { listPages } from '../client/list-pages.ts';
import type { ListEnd } from '../client/list-pages.ts';
import { decideNextStep } from './decide-next-step.ts';
import type { ReflectorEnd, NextStep } from './decide-next-step.ts';
import type { WatchEnd } from './open-watch.ts';
import { parseWatchEvent } from './parse-watch-event.ts';
import type { ResourceStore } from './object-table.ts';

export interface ReflectorOptions {
  readonly client: Pick<ClusterClient, 'read' | 'watch'>;
  /** The collection's path. */
  readonly path: string;
  /** Narrows the collection: `fieldSelector=…`, escaped. */
  readonly selector?: string | undefined;
  readonly metadataOnly: boolean;
  readonly store: ResourceStore;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  /** Limits concurrent lists, so that startup does not overload the API server. */
  readonly semaphore: Semaphore;
  readonly silenceMsMax: number;
  readonly resyncMs: number;
  readonly pageObjectsMax: number;
  readonly objectsMax: number;
  /** Called when a list or watch ends; a test may shorten the wait. */
  readonly onEnd: (end: ReflectorEnd, step: NextStep, detail: string) => void;
  /** The version from which a watch continues what an earlier process has followed. @default a list first */
  readonly resumeFrom?: string | undefined;
  /** Called after each change of the cached state. @default no call */
  readonly onChange?: (() => void) | undefined;
  /** @default the step's own wait */
  readonly scaleWait?: ((waitMs: number) => number) | undefined;
}

export type ReflectorState = 'listing' | 'synced' | 'absent' | 'forbidden' | 'overflowed';

export interface Reflector {
  /** `synced`: a list was read to its end, and later events are applied. It says nothing about the age. */
  readonly state: () => ReflectorState;
  /**
   * The state is complete up to this moment (ms since the epoch): a list, an event or a bookmark confirmed
   * it.
   */
  readonly provenAtMs: () => number;
  /** When the last byte of this watch arrived (ms since the epoch). */
  readonly heardAtMs: () => number;
  /** The resource version up to which every change was stored; empty before the first list, and where another is needed. */
  readonly version: () => string;
  /** Ends the watch; resolves when the loop has ended. */
  readonly close: () => Promise<void>;
}

const METADATA = 'as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const METADATA_LIST = 'as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
// A page takes a second; if one is too large, smaller ones are requested, down to a few objects.
const PAGE_TIMEOUT_MS = 30_000;
// Four of the largest that etcd stores (1.5 MiB) fit into one answer.
const PAGE_OBJECTS_MIN = 4;
/** A watch that lasted this long was useful, even without events. */
const USEFUL_MS_MAX = 5000;
const MS_PER_SECOND = 1000;
/** A watch delivers missed events first: for this long after its start, an event may be old. */
const SETTLE_MS = 1000;
const PLACE_WAIT_MS = 10 * 60_000;

type Unlisted = Exclude<ListEnd, { readonly status: 'listed' }>;

/** Begins at once. */
export function startReflector(options: ReflectorOptions): Reflector {
  return new ResourceReflector(options);
}

class ResourceReflector implements Reflector {
  readonly #options: ReflectorOptions;
  readonly #closing = new AbortController();
  readonly #over: Promise<void>;
  #state: ReflectorState = 'listing';
  /** The resource version from which the next watch continues; empty if a list is needed. */
  #version = '';
  #failures = 0;
  #pageObjects: number;
  #listedAtMs = 0;
  #provenAtMs = 0;
  #heardAtMs = 0;
  #settledAtMs = 0;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.#pageObjects = options.pageObjectsMax;
    if (options.resumeFrom !== undefined && options.resumeFrom !== '') {
      this.#version = options.resumeFrom;
      this.#state = 'synced';
      this.#listedAtMs = options.clock.monotonicMs();
    }
    this.#over = this.#run();
  }

  state(): ReflectorState {
    return this.#state;
  }

  provenAtMs(): number {
    return this.#provenAtMs;
  }

  heardAtMs(): number {
    return this.#heardAtMs;
  }

  version(): string {
    return this.#version;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#over;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    let action: NextStep['action'] = this.#version === '' ? 'list' : 'watch';
    while (!signal.aborted) {
      const [end, detail] = await this.#step(action);
      if (signal.aborted) return;
      action = await this.#goOn(end, detail);
    }
  }

  async #step(action: NextStep['action']): Promise<readonly [ReflectorEnd, string]> {
    try {
      return action === 'list' ? await this.#list() : await this.#watch();
    } catch (error) {
      // Nothing here is expected to throw. If something throws anyway, the loop must continue: otherwise the
      // cache would stay stale for ever.
      return [{ reason: 'failed' }, errorText(error)];
    }
  }

  async #goOn(end: ReflectorEnd, detail: string): Promise<NextStep['action']> {
    const { clock, random, resyncMs, store, onEnd, scaleWait = (waitMs) => waitMs } = this.#options;
    const step = decideNextStep(end, {
      failures: this.#failures,
      canWatch: this.#version !== '',
      resyncDue: clock.monotonicMs() - this.#listedAtMs >= resyncMs,
      random: random(),
    });
    this.#failures = step.failures;
    if (step.action === 'list') this.#version = '';
    const isLasting =
      end.reason === 'absent' || end.reason === 'forbidden' || end.reason === 'overflowed';
    if (isLasting && step.giveUp === true) {
      this.#state = end.reason;
      store.clear();
    }
    onEnd(isLasting && step.giveUp !== true ? { reason: 'failed' } : end, step, detail);
    await setTimeout(scaleWait(step.waitMs), undefined, { signal: this.#closing.signal }).catch(
      () => undefined,
    );
    return step.action;
  }

  async #list(): Promise<readonly [ReflectorEnd, string]> {
    const { semaphore, clock, store } = this.#options;
    if ((await semaphore.acquire(PLACE_WAIT_MS)) !== 'acquired') {
      return [{ reason: 'failed' }, 'Too many lists wait already'];
    }
    const startedAtMs = clock.monotonicMs();
    try {
      store.beginList();
      const end = await this.#listPages();
      if (end.status !== 'listed') {
        // A page may exceed our size limit or take too long.
        this.#pageObjects = Math.max(Math.ceil(this.#pageObjects / 2), PAGE_OBJECTS_MIN);
        return describeUnlisted(end);
      }
      store.endList();
      this.#version = end.resourceVersion;
      this.#state = 'synced';
      // The list is at least as new as its start; the watch delivers later changes.
      this.#listedAtMs = startedAtMs;
      this.#provenAtMs = startedAtMs;
      this.#heardAtMs = startedAtMs;
      this.#pageObjects = this.#options.pageObjectsMax;
      this.#options.onChange?.();
      return [{ reason: 'listed' }, ''];
    } finally {
      semaphore.release();
    }
  }

  #listPages(): Promise<ListEnd> {
    const { client, clock, path, selector, metadataOnly, store, objectsMax } = this.#options;
    return listPages(path, {
      read: (page, accept) => {
        const narrowed = selector === undefined ? page : `${page}&${selector}`;
        return client.read(narrowed, {
          deadlineAtMs: addMs(clock.monotonicMs(), PAGE_TIMEOUT_MS),
          accept,
        });
      },
      accept: metadataOnly ? `application/json;${METADATA_LIST}` : 'application/json',
      pageObjects: this.#pageObjects,
      pagesMax: Math.ceil(objectsMax / this.#pageObjects) + 1,
      // Closing must not wait for the rest of a long list.
      visit: (items) => this.#closing.signal.aborted || !items.every((item) => store.put(item)),
    });
  }

  async #watch(): Promise<readonly [ReflectorEnd, string]> {
    const { client, clock, metadataOnly, silenceMsMax } = this.#options;
    const startedAtMs = clock.monotonicMs();
    const watchMs = this.#watchMs();
    const told: { events: number; end?: ReflectorEnd } = { events: 0 };
    const end = await client.watch(this.#watchPath(watchMs), {
      accept: metadataOnly ? `application/json;${METADATA}` : 'application/json',
      silenceMsMax,
      signal: this.#closing.signal,
      onOpen: () => {
        this.#heardAtMs = clock.monotonicMs();
        this.#settledAtMs = this.#heardAtMs + SETTLE_MS;
      },
      onLine: (line) => {
        this.#heardAtMs = clock.monotonicMs();
        const stop = this.#apply(line);
        if (stop === undefined) told.events += 1;
        else told.end = stop;
        return stop === undefined;
      },
    });
    const lastedMs = clock.monotonicMs() - startedAtMs;
    const useful = told.events > 0 || lastedMs >= Math.min(watchMs / 2, USEFUL_MS_MAX);
    return [told.end ?? describeEnd(end, useful), 'reason' in end ? end.reason : ''];
  }

  /**
   * Shorter than `silenceMs`: a live server closes the watch normally before we consider it dead. Bookmarks are not
   * sufficient: if etcd reports no progress, an API server sends none for a resource without changes.
   */
  #watchMs(): number {
    const { silenceMsMax, random } = this.#options;
    return silenceMsMax * (0.5 + random() / 4);
  }

  #watchPath(watchMs: number): string {
    const { path, selector } = this.#options;
    const seconds = Math.max(Math.round(watchMs / MS_PER_SECOND), 1);
    const query = [
      'watch=1',
      'allowWatchBookmarks=true',
      `resourceVersion=${encodeURIComponent(this.#version)}`,
      `timeoutSeconds=${String(seconds)}`,
      ...(selector === undefined ? [] : [selector]),
    ];
    return `${path}?${query.join('&')}`;
  }

  /** `undefined`: applied, go on. */
  #apply(line: string): ReflectorEnd | undefined {
    const { store, clock, onChange } = this.#options;
    const event = parseWatchEvent(line);
    switch (event.type) {
      case 'put':
        if (!store.put(event.object)) return { reason: 'overflowed' };
        break;
      case 'deleted':
        store.remove(event.object);
        break;
      case 'bookmark':
        break;
      case 'error':
        return describeError(event);
      case 'malformed':
        return { reason: 'unreadable' };
    }
    this.#version = event.version;
    const nowMs = clock.monotonicMs();
    // A bookmark gives the API server's current state; an event only the state at the time of its change.
    if (event.type === 'bookmark' || nowMs >= this.#settledAtMs) this.#provenAtMs = nowMs;
    if (event.type !== 'bookmark') onChange?.();
    return undefined;
  }
}

function describeUnlisted(end: Unlisted): readonly [ReflectorEnd, string] {
  switch (end.status) {
    case 'stopped':
      return [{ reason: 'overflowed' }, ''];
    case 'absent':
      return [{ reason: 'absent' }, ''];
    case 'unavailable':
      if (end.code === 'lookup_forbidden') return [{ reason: 'forbidden' }, end.reason];
      return [{ reason: end.code === 'lookup_overloaded' ? 'throttled' : 'failed' }, end.reason];
  }
}

function describeEnd(end: WatchEnd, useful: boolean): ReflectorEnd {
  switch (end.status) {
    case 'ended':
    case 'silent':
    case 'broken':
      return { reason: end.status, useful };
    case 'closed':
      return { reason: 'ended', useful };
    case 'line_too_long':
      return { reason: 'unreadable' };
    case 'refused':
      return describeError(end);
  }
}

function describeError({
  code,
  retryAfterMs,
}: {
  readonly code: number;
  readonly retryAfterMs?: number | undefined;
}): ReflectorEnd {
  if (code === 403) return { reason: 'forbidden' };
  if (code === 404) return { reason: 'absent' };
  if (code === 410) return { reason: 'gone' };
  return code === 429 ? { reason: 'throttled', retryAfterMs } : { reason: 'failed' };
}
