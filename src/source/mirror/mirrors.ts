/**
 * Mirrors of Git repositories: the way from a repository's URL and an object id to the bytes of the commit.
 *
 * One read at a time for a mirror, a bounded number for a host and in total, and one for each revision no matter how many
 * ask (single flight).
 */
import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addMs, type Clock, type MonotonicMs } from '../../base/clock.ts';
import { errorCode } from '../../base/error-details.ts';
import { makeFolder } from '../../base/make-folder.ts';
import { tryProcessLock } from '../../base/process-lock.ts';
import { Semaphore } from '../../base/semaphore.ts';
import { systemWait } from '../../base/wait.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { formatLocalConfig } from './format-git-config.ts';
import { GithubApps } from './github-app.ts';
import { MirrorIndex } from './mirror-index.ts';
import { MirrorRepository } from './mirror-repository.ts';
import { revisionUnavailable, type RevisionFailure } from './mirror-failure.ts';
import type { RemoteTip } from './parse-ref-list.ts';
import { removeLeftFolders, withPrivateFolder } from './private-folder.ts';
import {
  readKnownRevision,
  readRemoteRevision,
  readRemoteTips,
  refuseRequest,
  type ReadContext,
  type RemoteReading,
  type RevisionReading,
  type RevisionRequest,
  type TipListing,
} from './read-revision.ts';
import { readRemoteNote, type NoteReading } from './read-note.ts';
import { readRemoteLineage, type LineageReading } from './read-lineage.ts';
import { readRemoteChanges, type ChangesReading } from './read-changes.ts';
import { readRemoteTree, type TreeReading } from './read-tree.ts';
import { openAccess, RESOLVE_TIMEOUT_MS, type RemoteAccess } from './remote-access.ts';
import type { HostRules, ResolveHost } from '../../base/resolve-host.ts';
import type { MirrorSettings } from './settings.ts';

export interface MirrorsOptions {
  readonly settings: MirrorSettings;
  /** Absolute. */
  readonly folder: string;
  /** git, by its absolute path. */
  readonly program: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly resolve: ResolveHost;
}

/** Another process holds the mirror for the time of a fetch. */
const LOCK_POLL_MS = 50;
const MS_PER_SECOND = 1000;

type Work<Reading> = (context: ReadContext) => Promise<Reading>;
type Answer<Reading> = Reading | RevisionFailure;

interface KnownTips {
  readonly tips: readonly RemoteTip[];
  readonly seenAtMs: MonotonicMs;
}

/** Prepares the folder; removes what a process left that died. */
export async function openMirrors(options: MirrorsOptions): Promise<Mirrors> {
  const { folder, clock } = options;
  makeFolder(folder, { mode: 0o700 });
  await removeLeftFolders(join(folder, 'private'), clock.wallMs());
  const localConfigFile = join(folder, 'local.config');
  await writeFile(localConfigFile, formatLocalConfig(), { mode: 0o600 });
  const index = await MirrorIndex.open(join(folder, 'repositories'));
  return new Mirrors(options, { index, localConfigFile });
}

interface OpenedFolder {
  readonly index: MirrorIndex;
  readonly localConfigFile: string;
}

/** All mirrors of a process. */
export class Mirrors {
  readonly #options: MirrorsOptions;
  readonly #opened: OpenedFolder;
  readonly #running: Semaphore;
  readonly #byHost = new Map<string, Semaphore>();
  readonly #byMirror = new Map<string, Semaphore>();
  readonly #inFlight = new Map<string, Promise<RevisionReading>>();
  readonly #tips = new Map<string, KnownTips>();
  readonly #githubApps: GithubApps;
  readonly #stop = new AbortController();

  constructor(options: MirrorsOptions, opened: OpenedFolder) {
    this.#options = options;
    this.#opened = opened;
    const { concurrentReadsMax, waitingReadsMax } = options.settings;
    this.#running = new Semaphore({ runningMax: concurrentReadsMax, waitingMax: waitingReadsMax });
    this.#githubApps = new GithubApps({ clock: options.clock, hosts: this.#hostRules() });
  }

  /** Never rejects, and resolves within `mirrors.fetchTimeoutMs` and the time of the commands without network. */
  async read(request: RevisionRequest): Promise<RevisionReading> {
    const refused = refuseRequest(request);
    if (refused !== undefined) return refused;
    const flightKey = JSON.stringify([keyOf(request), request.objectId, request.tracked]);
    const running = this.#inFlight.get(flightKey);
    if (running !== undefined) return await running;
    const reading = this.#readMeasured(request);
    this.#inFlight.set(flightKey, reading);
    try {
      return await reading;
    } finally {
      this.#inFlight.delete(flightKey);
    }
  }

  /** At which commits the tracked refs are now, whatever was seen a moment ago. Never rejects. */
  async readTips(request: RevisionRequest): Promise<TipListing> {
    const refused = refuseRequest(request);
    if (refused !== undefined) return refused;
    return await this.#takeTurns(request, async (context) =>
      this.#withAccess(request, async (access) => readRemoteTips(request, access, context)),
    );
  }

  /** The note on a commit that was found before. Never rejects. */
  async readNote(request: RevisionRequest, notesRef: string): Promise<NoteReading> {
    const refused = refuseRequest(request);
    if (refused !== undefined) return refused;
    const note = { objectId: request.objectId, notesRef };
    return await this.#takeTurns(request, async (context) =>
      this.#withAccess(request, async (access) => readRemoteNote(note, access, context)),
    );
  }

  /** What a commit changed that was found before. Never rejects. */
  async readChanges(request: RevisionRequest): Promise<ChangesReading> {
    const refused = refuseRequest(request);
    if (refused?.status === 'rejected') return { status: 'uncountable', reason: refused.reason };
    const reading = await this.#takeTurns(request, async (context) =>
      this.#withAccess(request, async (access) =>
        readRemoteChanges(request.objectId, access, context),
      ),
    );
    return reading.status === 'rejected'
      ? { status: 'uncountable', reason: reading.reason }
      : reading;
  }

  /** Whether a commit that was found before is in the history of one of the others. Never rejects. */
  async readLineage(
    request: RevisionRequest,
    descendants: readonly string[],
  ): Promise<LineageReading> {
    for (const objectId of [request.objectId, ...descendants]) {
      const refused = refuseRequest({ ...request, objectId });
      if (refused !== undefined) return refused;
    }
    const wanted = { objectId: request.objectId, descendants };
    return await this.#takeTurns(request, async (context) =>
      this.#withAccess(request, async (access) => readRemoteLineage(wanted, access, context)),
    );
  }

  /**
   * Writes the files of a commit that was found before into an empty folder.
   * @param scratch where git keeps what it fetches: a folder that the caller removes afterwards.
   */
  async readTree(
    request: RevisionRequest,
    { folder, scratch }: { readonly folder: string; readonly scratch: string },
  ): Promise<TreeReading> {
    const refused = refuseRequest(request);
    if (refused !== undefined) return refused;
    const target = { objectId: request.objectId, folder };
    const mirror = this.#repository(scratch);
    return await this.#takeTurns(request, async (context) =>
      this.#withAccess(request, async (access) =>
        readRemoteTree(target, access, { ...context, mirror }),
      ),
    );
  }

  /** Kills what runs. */
  close(): void {
    this.#stop.abort();
  }

  async #readMeasured(request: RevisionRequest): Promise<RevisionReading> {
    const { clock, metrics } = this.#options;
    const startedAtMs = clock.monotonicMs();
    const reading = await this.#takeTurns(request, async (context) =>
      this.#readMirror(request, context),
    );
    const seconds = (clock.monotonicMs() - startedAtMs) / MS_PER_SECOND;
    metrics.increment('holdfast_mirror_reads_total', { outcome: reading.status });
    metrics.observe('holdfast_mirror_read_duration_seconds', seconds);
    return reading;
  }

  /** The turn of the mirror, that of the host, and that of the process: in this order, so that none waits with another's. */
  async #takeTurns<Reading>(
    request: RevisionRequest,
    work: Work<Reading>,
  ): Promise<Answer<Reading>> {
    const { clock, settings, metrics } = this.#options;
    const mirrorKey = keyOf(request);
    const deadlineAtMs = addMs(clock.monotonicMs(), settings.fetchTimeoutMs);
    const { host } = request.repository;
    // Each is looked up when it is taken: one that nobody uses is dropped.
    const turns: readonly (() => Semaphore)[] = [
      () => this.#semaphore(this.#byMirror, mirrorKey, 1),
      () => this.#semaphore(this.#byHost, host, settings.concurrentReadsPerHostMax),
      () => this.#running,
    ];
    const held: Semaphore[] = [];
    try {
      for (const find of turns) {
        const turn = find();
        const acquired = await turn.acquire(deadlineAtMs - clock.monotonicMs());
        if (acquired !== 'acquired') {
          return revisionUnavailable(
            'Too many revisions wait for their repositories (mirrors.concurrentReadsMax)',
          );
        }
        held.push(turn);
      }
      metrics.set('holdfast_mirror_reads_running', this.#running.running);
      return await this.#holdMirror(mirrorKey, deadlineAtMs, work);
    } catch (fault) {
      // A disk that is full or read-only: nobody can tell now.
      return revisionUnavailable(
        `The folder of the mirrors cannot be used (${errorCode(fault) ?? 'an unknown error'})`,
      );
    } finally {
      for (const turn of held.toReversed()) turn.release();
      metrics.set('holdfast_mirror_reads_running', this.#running.running);
    }
  }

  async #holdMirror<Reading>(
    mirrorKey: string,
    deadlineAtMs: MonotonicMs,
    work: Work<Reading>,
  ): Promise<Answer<Reading>> {
    const { index } = this.#opened;
    const { clock, settings, metrics } = this.#options;
    const release = await this.#lock(mirrorKey, deadlineAtMs);
    if (release === undefined) {
      return revisionUnavailable('Another process uses the mirror of the repository');
    }
    index.hold(mirrorKey);
    try {
      const mirror = this.#mirror(mirrorKey);
      const answer = await work({
        mirror,
        settings,
        clock,
        deadlineAtMs,
        onFetch: (outcome) => metrics.increment('holdfast_mirror_fetches_total', { outcome }),
      });
      await this.#keepHouse(mirrorKey, mirror);
      return answer;
    } finally {
      index.release(mirrorKey);
      release();
    }
  }

  async #readMirror(request: RevisionRequest, context: ReadContext): Promise<RevisionReading> {
    const { clock, settings } = this.#options;
    const { mirror } = context;
    const tipsKey = JSON.stringify([mirror.folder, request.tracked]);
    const known = this.#tips.get(tipsKey);
    const isRecent =
      known !== undefined && clock.monotonicMs() - known.seenAtMs <= settings.tipAgeMsMax;
    if (isRecent) {
      const found = await readKnownRevision(request, known.tips, context);
      if (found !== undefined) return found;
    }
    const first = await this.#askRemote(request, context);
    const other = first.isRedirected ? addSuffix(request) : undefined;
    const { reading, tips } = other === undefined ? first : await this.#askRemote(other, context);
    if (reading.status === 'unavailable' && reading.isMirrorDamaged === true) {
      // The next read makes it again.
      await rm(mirror.folder, { recursive: true, force: true });
    }
    this.#forgetOldTips();
    this.#tips.delete(tipsKey);
    if (tips !== undefined) this.#tips.set(tipsKey, { tips, seenAtMs: clock.monotonicMs() });
    return reading;
  }

  async #askRemote(
    request: RevisionRequest,
    context: ReadContext,
  ): Promise<RemoteReading & { readonly isRedirected: boolean }> {
    const answer = await this.#withAccess(request, async (access) =>
      readRemoteRevision(request, access, context),
    );
    const read = 'reading' in answer ? answer : { reading: answer };
    const { reading } = read;
    const isRedirected = reading.status === 'unavailable' && reading.isRedirected === true;
    return { ...read, isRedirected };
  }

  async #withAccess<Result>(
    { repository, credential }: RevisionRequest,
    work: (access: RemoteAccess) => Promise<Result>,
  ): Promise<Result | RevisionFailure> {
    const { settings, folder } = this.#options;
    return await withPrivateFolder(join(folder, 'private'), async (write) => {
      const opening = await openAccess({
        repository,
        credential,
        rules: {
          ...this.#hostRules(),
          httpHosts: settings.httpHosts,
          fileFolders: settings.fileFolders,
        },
        githubApps: this.#githubApps,
        write,
      });
      return opening.status === 'open' ? await work(opening.access) : opening;
    });
  }

  /** Joins packs, notes the size, and makes room. */
  async #keepHouse(mirrorKey: string, mirror: MirrorRepository): Promise<void> {
    const { settings, clock, metrics } = this.#options;
    const { index } = this.#opened;
    await mirror.repackIfNeeded();
    const bytes = await mirror.sizeBytes();
    await index.note(mirrorKey, { usedAtMs: clock.wallMs(), bytes });
    const removed = await index.evict(settings);
    if (removed > 0) metrics.add('holdfast_mirror_evictions_total', removed);
    metrics.set('holdfast_mirrors', index.count);
    metrics.set('holdfast_mirror_bytes', index.bytes);
  }

  #mirror(mirrorKey: string): MirrorRepository {
    return this.#repository(join(this.#options.folder, 'repositories', mirrorKey, 'git'));
  }

  #repository(folder: string): MirrorRepository {
    const { program, settings } = this.#options;
    return new MirrorRepository({
      folder,
      program,
      localConfigFile: this.#opened.localConfigFile,
      settings,
      signal: this.#stop.signal,
    });
  }

  async #lock(mirrorKey: string, deadlineAtMs: MonotonicMs): Promise<(() => void) | undefined> {
    const { clock, folder } = this.#options;
    const file = join(folder, 'locks', `${mirrorKey}.sqlite`);
    for (;;) {
      const release = tryProcessLock(file);
      if (release !== undefined) return release;
      if (clock.monotonicMs() > deadlineAtMs || this.#stop.signal.aborted) return undefined;
      await systemWait(LOCK_POLL_MS, this.#stop.signal);
    }
  }

  #hostRules(): HostRules {
    const { settings, resolve } = this.#options;
    return {
      privateHosts: settings.privateHosts,
      resolve,
      timeoutMs: RESOLVE_TIMEOUT_MS,
      remedy: 'name it in mirrors.privateHosts if that is intended',
    };
  }

  #semaphore(map: Map<string, Semaphore>, key: string, runningMax: number): Semaphore {
    // Those that nobody uses are dropped, so that the map does not grow with every host ever asked.
    for (const [name, each] of map) if (each.running === 0 && name !== key) map.delete(name);
    const found = map.get(key);
    if (found !== undefined) return found;
    const { waitingReadsMax } = this.#options.settings;
    const created = new Semaphore({ runningMax, waitingMax: waitingReadsMax });
    map.set(key, created);
    return created;
  }

  #forgetOldTips(): void {
    const { clock, settings } = this.#options;
    const nowMs = clock.monotonicMs();
    for (const [key, { seenAtMs }] of this.#tips) {
      if (nowMs - seenAtMs > settings.tipAgeMsMax) this.#tips.delete(key);
    }
  }
}

/** Some forges redirect a URL to itself with `.git` at the end: the same host, and no other path. */
function addSuffix(request: RevisionRequest): RevisionRequest | undefined {
  const { repository } = request;
  if (repository.url.endsWith('.git')) return undefined;
  return { ...request, repository: { ...repository, url: `${repository.url}.git` } };
}

/** The mirror of one repository, for one credential and one hash algorithm. */
function keyOf({ repository, credential, objectId }: RevisionRequest): string {
  const parts = [repository.url, credential.origin, objectId.length];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
