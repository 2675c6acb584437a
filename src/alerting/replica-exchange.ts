/**
 * Publishes the open incidents of this replica, reads those of the others, and learns which replica leads. Every
 * replica knows all incidents, and the leader notifies; a replica whose incident the leader has not sent in time sends
 * it itself.
 */
import type { Clock, MonotonicMs } from '../base/clock.ts';
import type { Logger } from '../telemetry/logger.ts';
import { formatReplicaStatus, parseReplicaStatus, type Report } from './replica-status.ts';
import type { IncidentStore } from './incident-store.ts';
import type {
  ReplicaStatus,
  LeaderElection,
  ElectionResult,
} from '../kubernetes/leader-election/leader-election.ts';
import type { Outbox } from './outbox.ts';
import { planReport } from './plan-report.ts';
import type { StateChanges } from './incident-state.ts';

export interface ReplicaExchangeDependencies {
  readonly election: LeaderElection;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly incidents: IncidentStore;
  readonly outbox: Outbox;
  readonly changes: StateChanges;
  /** The counted attempts of each report, by `replica/group`. */
  readonly seen: ReadonlyMap<string, number>;
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
  readonly #seen: Map<string, number>;
  #previous = new Map<string, Report>();
  #exchanging: Promise<void> | undefined;
  #exchangedAtMs: MonotonicMs | undefined;
  #published = '';
  #problem: string | undefined;
  leads = false;
  notifiedElsewhere: ReadonlySet<string> = new Set();

  constructor(
    settings: { readonly pollMs: number; readonly quietMs: number },
    dependencies: ReplicaExchangeDependencies,
  ) {
    this.#settings = settings;
    this.#dependencies = dependencies;
    this.#seen = new Map(dependencies.seen);
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
    const told = incidents.incidents
      .filter(({ key }) => !awaited.has(key))
      .flatMap(({ key, aliases }) => [key, ...aliases]);
    return formatReplicaStatus({
      incidents: incidents.incidents,
      ended: incidents.ended,
      told: [...incidents.changeKeys.slice(-50), ...told],
      bytesMax: STATUS_BYTES_MAX,
    });
  }

  #receive({ leads, leader, others, problem }: ElectionResult): void {
    this.leads = leads;
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
      return;
    }
    const heard = new Map<string, Report>();
    let told: ReadonlySet<string> = new Set();
    for (const other of others) {
      const read = parseReplicaStatus(other.text);
      if (read === undefined) continue;
      const isLeader = other.replica === leader;
      if (isLeader) told = new Set(read.told);
      for (const report of read.reports) {
        this.#take(report, other, isLeader);
        heard.set(`${other.replica}/${report.group}`, report);
      }
      if (isLeader) this.#endWith(read.ended);
    }
    this.notifiedElsewhere = told;
    this.#forgetOthers(heard);
  }

  #take(report: Report, { replica }: ReplicaStatus, fromLeader: boolean): void {
    const { incidents, clock, changes } = this.#dependencies;
    const rule = incidents.ruleNamed(report.rule);
    // The other replica has another configuration: it notifies of this incident itself.
    if (rule === undefined) return;
    const place = `${replica}/${report.group}`;
    const nowMs = clock.wallMs();
    const { quietMs } = this.#settings;
    const seen = this.#seen.get(place) ?? 0;
    const previous = this.#previous.get(place);
    const meaning = planReport(report, { rule, seen, previous, nowMs, quietMs });
    for (const observation of meaning.observations) incidents.observe(observation, nowMs);
    for (const object of meaning.healed) incidents.heal(object);
    if (fromLeader) incidents.rename(report.group, report.key);
    if (seen === report.own) return;
    this.#seen.set(place, report.own);
    changes.set(`seen/${place}`, report.own);
  }

  #endWith(ended: readonly (readonly [group: string, count: number])[]): void {
    for (const [group, count] of ended) this.#dependencies.incidents.endElsewhere(group, count);
  }

  #forgetOthers(heard: Map<string, Report>): void {
    this.#previous = heard;
    for (const place of this.#seen.keys()) {
      if (heard.has(place)) continue;
      this.#seen.delete(place);
      this.#dependencies.changes.remove(`seen/${place}`);
    }
  }
}
