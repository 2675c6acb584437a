/**
 * One seed of two replicas that hear of the same causes while one of them, or both in turn, are cut off from the Lease or from the
 * service, stand still past their lease, end and begin again, on clocks that do not agree. In the end everything is healed, and
 * each incident must have ended.
 */
import { alertsSchema, type AlertsConfiguration } from '../../../src/alerting/settings.ts';
import { LeaseServer } from '../lease-server.ts';
import { seededRandom } from '../seeded-random.ts';
import { sampleRecord } from '../journal-entries.ts';
import { IncidentPages, type Accepted } from './incident-pages.ts';
import { objectNamed } from './alert-stage.ts';
import { PartitionedReplica } from './partitioned-replica.ts';

export interface PairResult {
  readonly seed: number;
  readonly attempts: number;
  readonly pages: number;
  readonly troubles: number;
  readonly problems: readonly string[];
  /** What happened last, where something is wrong. */
  readonly trace: readonly string[];
}

const STEP_MS = 500;
const BUSY_MS = 400_000;
const REST_MS = 200_000;
/** Turns of the event loop in a step: what takes longer goes on in the next one. */
const TURNS = 10;
const QUIET_MS = 60_000;
/** Shorter than what makes an incident quiet: nobody can know of attempts that nobody can tell. */
const TROUBLE_MS_MAX = 40_000;
/** A pause that ends every incident, whatever happens meanwhile. */
const REST_MS_MIN = QUIET_MS + TROUBLE_MS_MAX + 10_000;
const SKEW_MS_MAX = 5 * 60_000;
const ACTORS = ['anna', 'ben'] as const;
const RECENT_LINES_MAX = 100;
const PRECISION = 1_000_000;

/** An actor attempts again and again, and rests. */
interface Attempts {
  readonly actor: string;
  untilMs: number;
  restsUntilMs: number;
  /** Of each attempt. */
  readonly times: number[];
  /** The API server keeps to a connection. */
  replica: PartitionedReplica;
}

/** Runs a seed. */
export async function runPair(seed: number): Promise<PairResult> {
  const pair = new PartitionedPair(seed);
  return await pair.run();
}

class PartitionedPair {
  readonly #seed: number;
  readonly #random: () => number;
  readonly #pages: IncidentPages;
  readonly #replicas: readonly [PartitionedReplica, PartitionedReplica];
  readonly #attempts: readonly Attempts[];
  readonly #problems: string[] = [];
  readonly #trace: string[] = [];
  readonly #startMs = Date.UTC(2026, 0, 5, 8);
  #nowMs = this.#startMs;
  #number = 0;
  #troubles = 0;
  /** When the trouble of now ends, and how. */
  #trouble: { readonly endMs: number; readonly end: () => void | Promise<void> } | undefined;

  constructor(seed: number) {
    const draw = seededRandom(seed);
    this.#seed = seed;
    this.#random = () => draw(PRECISION) / PRECISION;
    this.#pages = new IncidentPages({
      mayRepeat: () => false,
      mayRepeatEnds: () => true,
      problem: (text) => this.#tell(text),
    });
    const lease = new LeaseServer();
    const create = (name: string): PartitionedReplica =>
      new PartitionedReplica({
        name,
        lease,
        alerts: alertSettings(),
        nowMs: () => this.#nowMs,
        random: this.#random,
        take: (message, replica) => this.#take(message, replica),
      });
    this.#replicas = [create('holdfast-0'), create('holdfast-1')];
    this.#replicas[1].skewMs = Math.floor((this.#random() * 2 - 1) * SKEW_MS_MAX);
    this.#attempts = ACTORS.map((actor) => ({
      actor,
      untilMs: 0,
      restsUntilMs: 0,
      times: [],
      replica: this.#replicas[0],
    }));
  }

  async run(): Promise<PairResult> {
    for (const replica of this.#replicas) await replica.start();
    const busyUntilMs = this.#nowMs + BUSY_MS;
    while (this.#nowMs < busyUntilMs && this.#problems.length === 0) {
      for (const attempts of this.#attempts) this.#attempt(attempts);
      await this.#disturb();
      await this.#step();
    }
    await this.#endTrouble();
    const restUntilMs = this.#nowMs + REST_MS;
    while (this.#nowMs < restUntilMs && this.#problems.length === 0) await this.#step();
    if (this.#problems.length === 0) this.#checkEnd();
    return {
      seed: this.#seed,
      attempts: this.#number,
      pages: this.#pages.count,
      troubles: this.#troubles,
      problems: this.#problems,
      trace: this.#problems.length === 0 ? [] : this.#trace,
    };
  }

  async #step(): Promise<void> {
    this.#nowMs += STEP_MS;
    for (const replica of this.#replicas) replica.kick();
    for (let turn = 0; turn < TURNS; turn += 1) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }

  #attempt(attempts: Attempts): void {
    if (this.#nowMs < attempts.restsUntilMs) return;
    if (this.#nowMs >= attempts.untilMs) {
      attempts.restsUntilMs = this.#nowMs + REST_MS_MIN + this.#random() * QUIET_MS;
      attempts.untilMs = attempts.restsUntilMs + this.#random() * QUIET_MS;
      return;
    }
    if (this.#random() > 0.3) return;
    if (!attempts.replica.answers || this.#random() < 0.2) {
      attempts.replica = this.#pick(this.#replicas);
    }
    const { replica, actor } = attempts;
    if (!replica.answers) return;
    this.#number += 1;
    const { decisionId } = sampleRecord(this.#number);
    const time = new Date(replica.clock.wallMs()).toISOString();
    const user = { username: actor, groups: [], extra: {} };
    replica.journal.append(1, { ...objectNamed(actor), decisionId, time, user });
    attempts.times.push(this.#nowMs);
    this.#note(`${actor} attempts ${this.#number} at ${replica.name}`);
  }

  async #disturb(): Promise<void> {
    if (this.#trouble !== undefined) {
      if (this.#nowMs >= this.#trouble.endMs) await this.#endTrouble();
      return;
    }
    if (this.#random() > 0.05) return;
    this.#troubles += 1;
    const replica = this.#pick(this.#replicas);
    const what = this.#pick(['lease', 'service', 'stand still', 'crash', 'clock'] as const);
    const endMs = this.#nowMs + this.#random() * TROUBLE_MS_MAX;
    this.#note(`${what} of ${replica.name}`);
    this.#trouble = { endMs, end: this.#begin(what, replica) };
  }

  #begin(
    what: 'lease' | 'service' | 'stand still' | 'crash' | 'clock',
    replica: PartitionedReplica,
  ): () => void | Promise<void> {
    switch (what) {
      case 'lease':
        replica.isCutOffFromLease = true;
        return () => {
          replica.isCutOffFromLease = false;
        };
      case 'service':
        replica.isCutOffFromService = true;
        return () => {
          replica.isCutOffFromService = false;
        };
      case 'stand still':
        replica.standStill();
        return () => replica.goOn();
      case 'crash':
        replica.crash();
        return () => replica.start();
      case 'clock':
        replica.skewMs += Math.floor((this.#random() * 2 - 1) * SKEW_MS_MAX);
        return () => undefined;
    }
  }

  async #endTrouble(): Promise<void> {
    const { end } = this.#trouble ?? {};
    this.#trouble = undefined;
    if (end === undefined) return;
    await end();
    this.#note('healed');
  }

  #take(message: Accepted, replica: string): void {
    this.#note(`${replica}: ${this.#pages.take(message)}`);
    for (const attempts of this.#attempts) this.#checkPauses(attempts);
  }

  /** As many incidents as there were pauses: none is resolved while attempts go on. */
  #checkPauses({ actor, times }: Attempts): void {
    const pauses = times.filter(
      (atMs, index) => index === 0 || atMs - (times[index - 1] ?? 0) > QUIET_MS / 2,
    );
    const pages = this.#pages.countOf(actor);
    if (pages > pauses.length) {
      this.#tell(`${actor} began ${pauses.length} times, and ${pages} incidents were opened`);
    }
  }

  #checkEnd(): void {
    if (this.#pages.openCount > 0) this.#tell('an incident stays open');
    for (const { actor, times } of this.#attempts) {
      const counted = this.#pages.attemptsOf(actor);
      if (counted < times.length) {
        this.#tell(`${actor} attempted ${times.length} times, and ${counted} were told`);
      }
    }
  }

  #pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[Math.floor(this.#random() * items.length)] ?? items[0];
  }

  #note(line: string): void {
    this.#trace.push(`${((this.#nowMs - this.#startMs) / 1000).toFixed(1)} s ${line}`);
    if (this.#trace.length > RECENT_LINES_MAX) this.#trace.shift();
  }

  #tell(text: string): void {
    this.#note(`PROBLEM ${text}`);
    this.#problems.push(text);
  }
}

function alertSettings(): AlertsConfiguration {
  return alertsSchema.parse({
    targets: [
      {
        type: 'pagerduty',
        name: 'pager',
        routingKey: { env: 'KEY' },
        triggersPerMinuteMax: 6000,
        backoffMs: 1000,
        backoffMaxMs: 3000,
      },
    ],
    rules: [{ name: 'refused', match: { decisions: ['denied'] }, severity: 'critical' }],
    defaultRules: false,
    quietMs: QUIET_MS,
    updateMs: 5000,
  });
}
