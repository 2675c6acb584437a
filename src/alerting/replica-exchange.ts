/**
 * Publishes the open incidents of this replica, reads those of the others, and learns which replica leads. Every
 * replica knows all incidents, and the leader notifies; a replica whose incident the leader has not sent in time sends
 * it itself.
 */
import type { Clock, MonotonicMs } from '../base/clock.ts';
import type { Logger } from '../telemetry/logger.ts';
import { formatReplicaStatus, parseReplicaStatus, type Report } from './replica-status.ts';
import { classifyContact, type Contact } from './classify-contact.ts';
import type { IncidentStore } from './incident-store.ts';
import type {
  ReplicaStatus,
  LeaderElection,
  ElectionResult,
} from '../kubernetes/leader-election/leader-election.ts';
import type { Outbox } from './outbox.ts';
import { planReport } from './plan-report.ts';
import type { SeenReports } from './seen-reports.ts';

export interface ReplicaExchangeDependencies {
  readonly election: LeaderElection;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly incidents: IncidentStore;
  readonly outbox: Outbox;
  readonly seen: SeenReports;
  /** Called when a report requires a turn. */
  readonly onExchanged: () => void;
}

/** Ten replicas fit into the 256 KiB that Kubernetes allows for the annotations of one object. */
const STATUS_BYTES_MAX = 24 * 1024;
/** The minimum interval between writes: changes do not wait for the next poll. */
const NEWS_MS = 250;

/** The state of the other replicas. */
export class ReplicaExchange {
  readonly #settings: { readonly pollMs: number; readonly quietMs: number };
  readonly #dependencies: ReplicaExchangeDependencies;
  #previous = new Map<string, Report>();
  #exchanging: Promise<void> | undefined;
  #exchangedAtMs: MonotonicMs | undefined;
  /** By replica, what it has last shown, and whether that has ever changed. */
  #shown = new Map<string, { readonly text: string; readonly isAlive: boolean }>();
  readonly #startedAtMs: MonotonicMs;
  #endedAtMs: MonotonicMs | undefined;
  #heardAtMs: MonotonicMs | undefined;
  #published = '';
  #problem: string | undefined;
  #leads = false;
  #openAtLeader: ReadonlySet<string> = new Set();
  notifiedElsewhere: ReadonlySet<string> = new Set();

  constructor(
    settings: { readonly pollMs: number; readonly quietMs: number },
    dependencies: ReplicaExchangeDependencies,
  ) {
    this.#settings = settings;
    this.#dependencies = dependencies;
    this.#startedAtMs = dependencies.clock.monotonicMs();
  }

  get leads(): boolean {
    return this.#leads && this.#dependencies.election.holds();
  }

  /** Who does not know what the others have counted ends nothing, and who follows leaves it to the leader, as long as it is open there. */
  mayEnd(group: string): boolean {
    return this.contact === 'current' && (this.leads || !this.#openAtLeader.has(group));
  }

  get contact(): Contact {
    return classifyContact({
      nowMs: this.#dependencies.clock.monotonicMs(),
      pollMs: this.#settings.pollMs,
      startedAtMs: this.#startedAtMs,
      exchangedAtMs: this.#endedAtMs,
      heardAtMs: this.#heardAtMs,
    });
  }

  /** Exchanges in the background, if it is due. */
  exchange(): void {
    const nowMs = this.#dependencies.clock.monotonicMs();
    if (this.#exchanging !== undefined || this.#isWithin(NEWS_MS, nowMs)) return;
    const text = this.#status();
    if (text === this.#published && this.#isWithin(this.#settings.pollMs, nowMs)) return;
    this.#exchangedAtMs = nowMs;
    this.#published = text;
    this.#exchanging = this.#dependencies.election
      .renew(text)
      .then((result) => {
        this.#endedAtMs = this.#dependencies.clock.monotonicMs();
        if (result.problem === undefined) this.#heardAtMs = nowMs;
        this.#receive(result);
      })
      .finally(() => {
        this.#exchanging = undefined;
        this.#dependencies.onExchanged();
      });
  }

  async settled(): Promise<void> {
    while (this.#exchanging !== undefined) await this.#exchanging;
  }

  async close(): Promise<void> {
    await this.settled();
    await this.#dependencies.election.release();
  }

  #isWithin(waitMs: number, nowMs: MonotonicMs): boolean {
    const last = this.#exchangedAtMs;
    return last !== undefined && nowMs - last < waitMs;
  }

  #status(): string {
    const { incidents, outbox } = this.#dependencies;
    const awaited = outbox.awaitedKeys();
    // Includes incidents in the summary: they are counted there and need no second notification.
    const { reported } = incidents;
    const told = reported
      .filter(({ key }) => !awaited.has(key))
      .flatMap(({ key, aliases }) => [key, ...aliases]);
    return formatReplicaStatus({
      incidents: reported,
      ends: incidents.ends,
      told: [...incidents.changeKeys.slice(-50), ...told],
      bytesMax: STATUS_BYTES_MAX,
    });
  }

  #receive({ leads, leader, others, problem }: ElectionResult): void {
    this.#leads = leads;
    if (problem !== undefined && problem !== this.#problem) {
      this.#dependencies.logger.warn(
        'The other replicas cannot be reached; this one notifies by itself',
        {
          reason: problem,
        },
      );
    }
    this.#problem = problem;
    if (problem !== undefined) {
      this.notifiedElsewhere = new Set();
      this.#openAtLeader = new Set();
      return;
    }
    const heard = new Map<string, Report>();
    const shown = new Map<string, ReadonlySet<string>>();
    let told: ReadonlySet<string> = new Set();
    this.#openAtLeader = new Set();
    this.#noteLives(others);
    for (const other of others) {
      const read = parseReplicaStatus(other.text);
      if (read === undefined) continue;
      const isLeader = other.replica === leader;
      const groups = new Set(read.reports.map(({ group }) => group));
      if (isLeader) {
        told = new Set(read.told);
        this.#openAtLeader = groups;
      }
      for (const report of read.reports) {
        this.#take(report, other, isLeader);
        heard.set(`${other.replica}/${report.group}`, report);
      }
      for (const key of read.told) this.#dependencies.outbox.noteTold(key);
      if (isLeader) for (const end of read.ends) this.#dependencies.incidents.endElsewhere(end);
      // What had no room may still be open there.
      if (read.omitted === 0) shown.set(other.replica, groups);
    }
    this.notifiedElsewhere = told;
    this.#previous = heard;
    this.#dependencies.seen.keep(shown);
  }

  /** By what we see ourselves: the clock of another replica may differ by more than an incident lasts. */
  #noteLives(others: readonly ReplicaStatus[]): void {
    const known = this.#shown;
    this.#shown = new Map();
    for (const { replica, heartbeat, text } of others) {
      const before = known.get(replica);
      const shown = `${heartbeat}\n${text}`;
      const isAlive = before !== undefined && (before.isAlive || before.text !== shown);
      this.#shown.set(replica, { text: shown, isAlive });
    }
  }

  #take(report: Report, { replica }: ReplicaStatus, fromLeader: boolean): void {
    const { incidents, clock, seen } = this.#dependencies;
    const rule = incidents.ruleNamed(report.rule);
    // The other replica has another configuration: it notifies of this incident itself.
    if (rule === undefined) return;
    const place = `${replica}/${report.group}`;
    const nowMs = clock.wallMs();
    const { quietMs } = this.#settings;
    const previous = this.#previous.get(place);
    const isAlive = this.#shown.get(replica)?.isAlive === true;
    const meaning = planReport(report, {
      rule,
      seen: seen.get(replica, report.group),
      previous,
      nowMs,
      quietMs,
      isAlive,
    });
    for (const observation of meaning.observations) incidents.observe(observation, nowMs);
    for (const object of meaning.healed) incidents.heal(object, 'reported');
    if (fromLeader) incidents.rename(report.group, report.key);
    if (!meaning.isStale) seen.set(replica, report.group, report);
  }
}
