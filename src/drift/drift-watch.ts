/**
 * Finds what got past admission: every replica follows the cluster and keeps what it knows, the leader has findings recorded. So the
 * next leader knows what is open, and needs no list to begin.
 */
import type { JournalReader } from '../audit/journal.ts';
import type { Clock } from '../base/clock.ts';
import { errorText } from '../base/error-details.ts';
import type { Wait } from '../base/wait.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import type { LeaderElection } from '../kubernetes/leader-election/leader-election.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ChangeHider } from '../ownership/change.ts';
import { GITOPS_MANAGERS } from '../ownership/parse-field-owners.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { AdmissionJudge, type OwnAdmission } from './admission/admission-judge.ts';
import { ADMISSION_RESOURCES } from './admission/admission-resources.ts';
import { createAdmissionComparer } from './admission/compare-admission.ts';
import type { DriftFinding, ManagedBy } from './drift-finding.ts';
import { DriftScanner } from './drift-scanner.ts';
import type { DriftState, ObjectRow, OpenFinding, RememberedDrift } from './drift-state.ts';
import { FindingBook } from './finding-book.ts';
import { FollowedResources } from './followed-resources.ts';
import { Healer, type HealerOptions } from './healing/healer.ts';
import type { RememberedHealing } from './healing/healing-state.ts';
import { RecentDecisions } from './recent-decisions.ts';
import { reduceObject } from './reduce-object.ts';
import { formatReplicaDecisions, parseReplicaDecisions } from './replica-decisions.ts';
import { DRIFT_LIMITS, type DriftSettings } from './settings.ts';
import { SharedTurn } from './shared-turn.ts';

/** What healing needs beside what is found. */
export type HealingPorts = Omit<
  HealerOptions,
  'open' | 'readIntended' | 'remembered' | 'clock' | 'logger' | 'metrics'
>;

/** Tells what is managed, and by whom. */
export interface ManagerFinder {
  readonly find: (object: KubernetesObject, reference: ObjectReference) => ManagedBy | undefined;
  /** The label that tracks ownership, if labels do. */
  readonly instanceLabelKey: () => string | undefined;
  /** Resolves when it is known how marks are read. */
  readonly ready: () => Promise<void>;
  /** Calls the listener when marks are read in another way. */
  readonly onChange: (listener: () => void) => void;
}

export interface DriftWatchOptions {
  readonly settings: DriftSettings;
  readonly limits: {
    readonly changedTextCharsMax: number;
    readonly changedValuesMax: number;
    readonly fieldNodesMax: number;
  };
  /** Field managers of GitOps controllers, besides the known ones. */
  readonly fieldManagers: readonly string[];
  readonly watch: { readonly silenceMs: number; readonly resyncMs: number };
  readonly client: Pick<ClusterClient, 'read' | 'watch'>;
  readonly journal: JournalReader;
  readonly state: DriftState;
  readonly election: LeaderElection;
  readonly hider: ChangeHider;
  readonly marks: ManagerFinder;
  readonly own: OwnAdmission;
  /** Of Applications whose mark names none. */
  readonly argocdNamespace: string;
  /** Resolves with the decision id when the record is durable; `undefined` if it could not be kept. */
  readonly record: (finding: DriftFinding) => Promise<string | undefined>;
  /** Has what is open put right; absent where nobody asked for that. */
  readonly heal?: HealingPorts | undefined;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly wait: Wait;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** For tests: a shorter wait of watches. @default the wait itself */
  readonly scaleWait?: ((waitMs: number) => number) | undefined;
}

/** What was found waits for nothing else: this is for the Lease, and for what could not be recorded. */
const TURN_MS = 1000;
/** Of a decision, until the other replicas know it. */
const TELL_MS = 100;
/** Decisions before the stored entry may allow what was not judged yet. */
const REREAD_ENTRIES = 1000;

/** Runs until it is closed. */
export class DriftWatch {
  readonly #options: DriftWatchOptions;
  readonly #rows: Map<string, ObjectRow>;
  readonly #open: Map<string, OpenFinding>;
  readonly #decisions: RecentDecisions;
  readonly #book: FindingBook;
  readonly #scanner: DriftScanner;
  readonly #turn = new SharedTurn(() => this.#takeTurn());
  readonly #closing = new AbortController();
  readonly #watermarks: Map<string, string>;
  readonly #healer: Healer | undefined;
  #resources: FollowedResources | undefined;
  #leads = false;
  /** Not only because nobody knows who leads: two that write are worse than none. */
  #isElected = false;
  #hasOthers = false;
  #problem: string | undefined;
  #told = '[]';
  #turns: Promise<void> = Promise.resolve();
  #unsubscribe: () => void = () => undefined;

  private constructor(
    options: DriftWatchOptions,
    remembered: RememberedDrift,
    healing: RememberedHealing | undefined,
  ) {
    const { settings, journal, metrics } = options;
    this.#options = options;
    this.#rows = new Map(remembered.rows);
    this.#open = new Map(remembered.open);
    this.#watermarks = new Map(remembered.watermarks);
    const last = journal.lastSequence();
    this.#decisions = new RecentDecisions({
      journal,
      afterSequence: Math.max(0, (remembered.cursor ?? last) - REREAD_ENTRIES),
      decisionsMax: DRIFT_LIMITS['drift.decisionsMax'].default,
    });
    this.#book = new FindingBook({
      ...options,
      open: this.#open,
      openMax: settings.openMax,
      leads: () => this.#leads,
    });
    this.#scanner = this.#createScanner();
    this.#healer =
      options.heal &&
      healing &&
      new Healer({
        ...options,
        ...options.heal,
        open: this.#open,
        readIntended: (key) => options.state.readObject(key),
        remembered: healing,
      });
    metrics.beforeExposition(() => {
      metrics.set('holdfast_drift_objects', this.#rows.size);
      metrics.set('holdfast_drift_open', this.#open.size);
      metrics.set('holdfast_drift_pending', this.#scanner.waiting);
      metrics.set('holdfast_drift_leader', this.#leads ? 1 : 0);
    });
  }

  /** Rejects where the state of the journal cannot be read. */
  static async start(options: DriftWatchOptions): Promise<DriftWatch> {
    const remembered = await options.state.load();
    if (remembered.damaged.length > 0) {
      options.logger.error('Parts of what is known of managed objects cannot be read', {
        keys: remembered.damaged.slice(0, 20),
      });
    }
    const watch = new DriftWatch(options, remembered, await options.heal?.state.load());
    watch.#begin();
    return watch;
  }

  /** Why drift is not seen, or not told; `undefined` if it is. */
  problem(): string | undefined {
    return this.#problem ?? this.#resources?.problem();
  }

  /** Ends the watches, then what is judged; the next process goes on from there. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#unsubscribe();
    await this.#turns;
    await this.#resources?.close();
    await this.#scanner.close();
    await this.#healer?.close();
    await this.#options.election.release();
  }

  #begin(): void {
    const { journal, wait } = this.#options;
    this.#turns = this.#runTurns();
    this.#unsubscribe = journal.onAppended(() => {
      // Only where somebody listens: another replica may see the write before our next turn.
      if (!this.#hasOthers) return;
      void wait(TELL_MS, this.#closing.signal).then(() => this.#tellDecisions());
    });
  }

  async #runTurns(): Promise<void> {
    const { marks, wait } = this.#options;
    const { signal } = this.#closing;
    await Promise.race([marks.ready(), aborted(signal)]);
    if (signal.aborted) return;
    this.#resources = this.#follow();
    marks.onChange(() => {
      void this.#resources?.relist();
    });
    while (!signal.aborted) {
      await this.#turn.ask();
      await wait(TURN_MS, signal);
    }
  }

  #follow(): FollowedResources {
    const { settings } = this.#options;
    return new FollowedResources({
      ...this.#options,
      resources: [...new Set([...settings.resources, ...ADMISSION_RESOURCES])],
      objectsMax: settings.objectsMax,
      scanner: this.#scanner,
      knownKeys: () => this.#rows.keys(),
      watermarks: new Map(this.#watermarks),
    });
  }

  #createScanner(): DriftScanner {
    const { settings, limits, marks, client, hider } = this.#options;
    const gitopsManagers = new Set([...GITOPS_MANAGERS, ...this.#options.fieldManagers]);
    const controllers = new Set([...settings.controllers, ...this.#options.own.fieldManagers]);
    const admission = new AdmissionJudge({
      ...this.#options,
      findManager: marks.find,
      rows: this.#rows,
      gitopsManagers,
      controllers,
      mutators: settings.mutators,
    });
    return new DriftScanner({
      ...this.#options,
      read: (path, deadlineAtMs) => client.read(path, { deadlineAtMs }),
      rows: this.#rows,
      book: this.#book,
      decisions: this.#decisions,
      hearOthers: () => (this.#hasOthers ? this.#turn.ask() : Promise.resolve()),
      findManager: admission.findManager,
      admission,
      reduce: (object, { group, kind }) =>
        reduceObject(object, { hider, isSecret: group === '' && kind === 'Secret' }),
      compare: createAdmissionComparer({
        textCharsMax: limits.changedTextCharsMax,
        nodesMax: limits.changedValuesMax,
        fieldNodesMax: limits.fieldNodesMax,
        instanceLabelKey: marks.instanceLabelKey,
        gitopsManagers,
        controllers,
        isManaged: admission.isManaged,
        isKnownMutator: admission.isKnownMutator,
      }),
    });
  }

  /** Never rejects. */
  async #takeTurn(): Promise<void> {
    try {
      await this.#decisions.catchUp();
      await this.#renew();
      if (this.#leads || this.#open.size > 0) await this.#book.tellRest();
      await this.#remember();
      this.#healer?.takeTurn(this.#isElected);
      this.#problem = undefined;
    } catch (error) {
      const reason = errorText(error);
      if (this.#problem === undefined) {
        this.#options.logger.error('What is known of managed objects cannot be kept', { reason });
      }
      this.#problem = `what is known of managed objects cannot be kept: ${reason}`;
    }
  }

  async #tellDecisions(): Promise<void> {
    await this.#decisions.catchUp().catch(() => undefined);
    if (this.#closing.signal.aborted || this.#formatStatus() === this.#told) return;
    await this.#turn.ask();
  }

  #formatStatus(): string {
    return formatReplicaDecisions(this.#decisions.listTold(this.#options.clock.wallMs()));
  }

  async #renew(): Promise<void> {
    const status = this.#formatStatus();
    const { leads, others, problem } = await this.#options.election.renew(status);
    this.#told = status;
    // Where the Lease cannot be read, each tells what it sees: twice is better than never.
    this.#leads = leads || problem !== undefined;
    this.#isElected = leads && problem === undefined;
    this.#hasOthers = others.length > 0;
    for (const { replica, text } of others) {
      this.#decisions.hear(replica, parseReplicaDecisions(text));
    }
  }

  async #remember(): Promise<void> {
    const versions = this.#resources?.listVersions() ?? new Map<string, string>();
    const changed = [...versions].filter(([name, v]) => this.#watermarks.get(name) !== v);
    if (changed.length === 0) return;
    await this.#options.state.writeWatermarks(new Map(changed), this.#decisions.cursor);
    for (const [name, version] of changed) this.#watermarks.set(name, version);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
