/**
 * Keeps the lineages of all applications: notes what their status says, has each entry recorded before it counts, and tells admission
 * whether a write is a rollback.
 *
 * Times are those of the wall clock at the start, and of the monotonic clock from then on: setting the clock back neither lengthens a
 * freeze nor hides a rollback.
 */
import { addMs, type Clock, type MonotonicMs, type WallMs } from '../../base/clock.ts';
import type { Known, Unavailable } from '../../base/known.ts';
import type { Wait } from '../../base/wait.ts';
import type { ErrorCode } from '../../errors.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { formatApplication, type ApplicationName } from '../commits/deployed-commits.ts';
import type { LookedUp } from '../find-source.ts';
import {
  applyChange,
  findVersion,
  NO_LINEAGE,
  type ApplicationLineage,
  type LineageChange,
} from './application-lineage.ts';
import {
  decideRollback,
  findPrevious,
  planDeployed,
  type CommitOrder,
  type RollbackFact,
} from './decide-rollback.ts';
import { parseDeployedVersion, type DeployedVersion } from './parse-deployed-version.ts';
import { LINEAGE_LIMITS, type LineageSettings } from './settings.ts';

/** Two versions of an application. */
export interface OrderQuestion {
  readonly application: ApplicationName;
  readonly repository: string;
  readonly revision: string;
  readonly previous: string;
}

/** That an application keeps its version. */
export interface ApplicationFreeze {
  readonly application: ApplicationName;
  readonly untilMs: WallMs;
  readonly reason: string;
}

export interface LineageKeeperOptions {
  readonly settings: LineageSettings;
  /** Asks Git. Never rejects. */
  readonly orderCommits: (
    question: OrderQuestion,
    deadlineAtMs: MonotonicMs,
  ) => Promise<CommitOrder>;
  /** A live read. Never rejects. */
  readonly readApplication: (
    application: ApplicationName,
    deadlineAtMs: MonotonicMs,
  ) => Promise<LookedUp>;
  /** Whether it is recorded: what is not does not count. Never rejects. */
  readonly record: (application: ApplicationName, change: LineageChange) => Promise<boolean>;
  readonly onFreeze: (freeze: ApplicationFreeze) => void;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

interface Entry {
  readonly application: ApplicationName;
  lineage: ApplicationLineage;
  /** Whether the current version was applied as a whole, as far as the status says. */
  isSettled: boolean;
  /** What was heard last and is not noted yet. */
  heard?: unknown;
  /** Since when the current version is healthy. */
  healthy?: { readonly revision: string; readonly ending: AbortController } | undefined;
  /** The end of what is being done, one after the other. */
  done: Promise<void>;
}

export type GatheredRollback = Known<RollbackFact | null> | Unavailable<ErrorCode>;

/** A version that a pipeline calls verified. */
export interface VerifiedVersion {
  readonly application: ApplicationName;
  readonly revision: string;
  readonly verifier: string;
  readonly issuedAtMs: WallMs;
}

const APPLICATIONS_MAX = LINEAGE_LIMITS['lineage.applicationsMax'].default;
const RECHECK_MS = LINEAGE_LIMITS['lineage.recheckMs'].default;
/** Nobody waits; a large history arrives in a minute. */
const ORDER_MS = 60_000;
/** Nobody waits; the API server answers in milliseconds. */
const READ_MS = 10_000;

/** One for each process. */
export class LineageKeeper {
  readonly #options: LineageKeeperOptions;
  readonly #startedAtMs: WallMs;
  readonly #startedMonotonicMs: MonotonicMs;
  /** The application that changed last is last. */
  readonly #entries = new Map<string, Entry>();
  readonly #closing = new AbortController();

  constructor(options: LineageKeeperOptions) {
    this.#options = options;
    this.#startedAtMs = options.clock.wallMs();
    this.#startedMonotonicMs = options.clock.monotonicMs();
  }

  /** What an earlier process recorded, in its order, before anything is heard. */
  restore(application: ApplicationName, change: LineageChange, recordedAtMs: WallMs): void {
    const entry = this.#open(application);
    // A clock that was ahead must not have rolled back, or frozen, anything in the future.
    const atMs = Math.min(recordedAtMs, this.#nowMs());
    const { freezeMs, versionsMax } = this.#options.settings;
    const bounded =
      change.what === 'frozen'
        ? { ...change, untilMs: Math.min(change.untilMs, atMs + freezeMs) }
        : change;
    entry.lineage = applyChange(entry.lineage, bounded, { atMs, versionsMax });
    // What was held back was recorded when all of it was applied.
    entry.isSettled = true;
  }

  /** The object of an application, as a watch brings it. */
  hear(application: ApplicationName, object: unknown): void {
    const entry = this.#open(application);
    const isWaiting = entry.heard !== undefined;
    entry.heard = object;
    if (isWaiting) return;
    this.#enqueue(entry, async () => {
      const heard = entry.heard;
      entry.heard = undefined;
      await this.#note(entry, parseDeployedVersion(application.kind, heard));
    });
  }

  /** The application is gone; its lineage stays, for one that takes its name. */
  forget(application: ApplicationName): void {
    const entry = this.#entries.get(formatApplication(application));
    if (entry !== undefined) endHealthy(entry);
  }

  /** A pipeline has signed this. Nothing changes where that is known. */
  verify({ application, revision, verifier, issuedAtMs }: VerifiedVersion): void {
    const entry = this.#open(application);
    this.#enqueue(entry, async () => {
      const verified = findVersion(entry.lineage, revision)?.verified;
      if (verified !== undefined && verified.atMs >= issuedAtMs) return;
      const by = 'statement';
      await this.#add(entry, { what: 'verified', revision, by, verifier, issuedAtMs });
    });
  }

  /** What a write of an application's object is, by the application as it was read just now. Never rejects. */
  async describe(
    application: ApplicationName,
    object: unknown,
    deadlineAtMs: MonotonicMs,
  ): Promise<GatheredRollback> {
    const version = parseDeployedVersion(application.kind, object);
    if (version === undefined) {
      const reason = `the ${application.kind} is malformed`;
      return { status: 'unavailable', code: 'fact_unavailable', reason };
    }
    const { written, isDeleting } = version;
    if (written === undefined || isDeleting) return { status: 'known', value: null };
    const entry = this.#entries.get(formatApplication(application));
    const { lineage, isSettled } = entry ?? { lineage: NO_LINEAGE, isSettled: false };
    const question = { lineage, revision: written, isSettled };
    const previous = findPrevious(question);
    const order = await this.#order(
      { application, version, revision: written, previous },
      deadlineAtMs,
    );
    const limits = this.#options.settings;
    const value = decideRollback({ ...question, order, limits, nowMs: this.#nowMs() });
    return { status: 'known', value };
  }

  /** Ends what waits; resolves when nothing is being noted any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const entry of this.#entries.values()) endHealthy(entry);
    await Promise.all([...this.#entries.values()].map(({ done }) => done));
  }

  async #note(entry: Entry, version: DeployedVersion | undefined): Promise<void> {
    if (version === undefined || version.isDeleting) {
      endHealthy(entry);
      return;
    }
    const { brought, applied } = version;
    if (brought !== undefined) await this.#noteBrought(entry, { version, revision: brought });
    entry.isSettled = applied !== undefined && applied === entry.lineage.current;
    this.#followHealth(entry, version);
  }

  async #noteBrought(
    entry: Entry,
    { version, revision }: { readonly version: DeployedVersion; readonly revision: string },
  ): Promise<void> {
    const { application, lineage } = entry;
    const previous = lineage.current;
    if (previous === revision) return;
    const deadlineAtMs = addMs(this.#options.clock.monotonicMs(), ORDER_MS);
    const order = await this.#order({ application, version, revision, previous }, deadlineAtMs);
    const isApplied = version.applied === revision;
    const nowMs = this.#nowMs();
    const limits = this.#options.settings;
    for (const change of planDeployed({ lineage, revision, order, isApplied, nowMs, limits })) {
      if (!(await this.#add(entry, change))) return;
    }
  }

  /** Once it was healthy for long enough, the application is read again: a watch that stands still proves nothing. */
  #followHealth(entry: Entry, { isHealthy, applied }: DeployedVersion): void {
    const { verifiedBy, healthyMs } = this.#options.settings;
    const { current } = entry.lineage;
    const isMeant = isHealthy && applied !== undefined && applied === current;
    const isVerified = findVersion(entry.lineage, current ?? '')?.verified !== undefined;
    if (!isMeant || isVerified || !verifiedBy.includes('health')) {
      endHealthy(entry);
      return;
    }
    if (entry.healthy?.revision === applied) return;
    endHealthy(entry);
    const healthy = { revision: applied, ending: new AbortController() };
    entry.healthy = healthy;
    void this.#verifyAfter(entry, healthy, healthyMs);
  }

  async #verifyAfter(
    entry: Entry,
    healthy: NonNullable<Entry['healthy']>,
    delayMs: number,
  ): Promise<void> {
    await this.#options.wait(delayMs, healthy.ending.signal);
    if (healthy.ending.signal.aborted) return;
    const deadlineAtMs = addMs(this.#options.clock.monotonicMs(), READ_MS);
    const found = await this.#options.readApplication(entry.application, deadlineAtMs);
    if (found.status === 'unavailable') {
      await this.#verifyAfter(entry, healthy, RECHECK_MS);
      return;
    }
    this.#enqueue(entry, async () => {
      if (entry.healthy !== healthy) return;
      endHealthy(entry);
      const version =
        found.status === 'found'
          ? parseDeployedVersion(entry.application.kind, found.object)
          : undefined;
      const { revision } = healthy;
      if (version?.isHealthy !== true || version.applied !== revision) return;
      if (entry.lineage.current !== revision) return;
      await this.#add(entry, { what: 'verified', revision, by: 'health' });
    });
  }

  async #order(
    {
      application,
      version: { repository },
      revision,
      previous,
    }: {
      readonly application: ApplicationName;
      readonly version: DeployedVersion;
      readonly revision: string;
      readonly previous: string | undefined;
    },
    deadlineAtMs: MonotonicMs,
  ): Promise<CommitOrder> {
    if (previous === undefined || repository === undefined) return 'unknown';
    const question = { application, repository, revision, previous };
    return await this.#options.orderCommits(question, deadlineAtMs);
  }

  /** Whether it is recorded, and counts. */
  async #add(entry: Entry, change: LineageChange): Promise<boolean> {
    const { application } = entry;
    const { record, metrics, logger, onFreeze, settings } = this.#options;
    if (!(await record(application, change))) {
      logger.warn('A version was not recorded, and is noted when the application changes next', {
        application: formatApplication(application),
        revision: change.revision,
        what: change.what,
      });
      return false;
    }
    const atMs = this.#nowMs();
    entry.lineage = applyChange(entry.lineage, change, { atMs, versionsMax: settings.versionsMax });
    if (change.what === 'frozen') {
      metrics.increment('holdfast_lineage_freezes_total');
      const reason = `it was rolled back ${settings.rollbacksMax} times within ${settings.rollbackWindowMs / MS_PER_SECOND} seconds`;
      onFreeze({ application, untilMs: change.untilMs, reason });
    } else {
      const isRollback = change.what === 'deployed' && change.isRollback;
      metrics.increment('holdfast_lineage_versions_total', {
        what: isRollback ? 'rolled-back' : change.what,
      });
    }
    return true;
  }

  #enqueue(entry: Entry, work: () => Promise<void>): void {
    entry.done = entry.done.then(async () => {
      if (!this.#closing.signal.aborted) await work();
    });
  }

  #open(application: ApplicationName): Entry {
    const key = formatApplication(application);
    const entry = this.#entries.get(key) ?? {
      application,
      lineage: NO_LINEAGE,
      isSettled: false,
      done: Promise.resolve(),
    };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const [oldest] = this.#entries;
    if (this.#entries.size > APPLICATIONS_MAX && oldest !== undefined) {
      endHealthy(oldest[1]);
      this.#entries.delete(oldest[0]);
    }
    this.#options.metrics.set('holdfast_lineage_applications', this.#entries.size);
    return entry;
  }

  #nowMs(): WallMs {
    return this.#startedAtMs + (this.#options.clock.monotonicMs() - this.#startedMonotonicMs);
  }
}

const MS_PER_SECOND = 1000;

function endHealthy(entry: Entry): void {
  entry.healthy?.ending.abort();
  entry.healthy = undefined;
}
