/**
 * One replica of a partitioned pair: the real incident engine and leader election on a clock of its own, which can be cut off from
 * the Lease or from the service, stand still at any await, and end.
 */
import type { AlertTarget, SendOutcome } from '../../../src/alerting/alert-target.ts';
import { IncidentEngine } from '../../../src/alerting/incident-engine.ts';
import type { AlertsConfiguration } from '../../../src/alerting/settings.ts';
import { type Clock, monotonicMs } from '../../../src/base/clock.ts';
import type { ConnectedCluster } from '../../../src/kubernetes/client/cluster-client.ts';
import { LeaseElection } from '../../../src/kubernetes/leader-election/lease-election.ts';
import type { LeaseServer } from '../lease-server.ts';
import { MemoryJournal } from '../memory-journal.ts';
import { recordTelemetry } from '../recording-telemetry.ts';
import type { Accepted } from './incident-pages.ts';

export interface ReplicaSurroundings {
  readonly name: string;
  readonly alerts: AlertsConfiguration;
  readonly lease: LeaseServer;
  /** Of the whole world. */
  readonly nowMs: () => number;
  /** From 0 to 1, without 1. */
  readonly random: () => number;
  readonly take: (message: Accepted, replica: string) => void;
}

interface Life {
  isOver: boolean;
}

/** Each answer of the Lease or of the service takes up to so many turns of the event loop. */
const TURNS_MAX = 4;
const CUT_OFF = { status: 'unavailable', code: 'lookup_failed', reason: 'cut off' } as const;

export class PartitionedReplica {
  readonly name: string;
  readonly journal = new MemoryJournal();
  /** How far its wall clock is ahead. */
  skewMs = 0;
  isCutOffFromLease = false;
  isCutOffFromService = false;
  readonly #surroundings: ReplicaSurroundings;
  #life: Life = { isOver: true };
  #engine: IncidentEngine | undefined;
  #standing: PromiseWithResolvers<void> | undefined;

  constructor(surroundings: ReplicaSurroundings) {
    this.#surroundings = surroundings;
    this.name = surroundings.name;
  }

  /** Whether it can be asked. */
  get answers(): boolean {
    return !this.#life.isOver && this.#standing === undefined;
  }

  get isRunning(): boolean {
    return !this.#life.isOver;
  }

  /** The first process, or the next one on the same journal. */
  async start(): Promise<void> {
    const { alerts, name, random } = this.#surroundings;
    const life = { isOver: false };
    this.#life = life;
    const { clock, journal } = this;
    const { read, lastSequence, state } = journal;
    const { lease } = alerts;
    this.#engine = await IncidentEngine.start(
      {
        ...alerts,
        cluster: 'prod-eu-1',
        replica: name,
        targets: [this.#targetOf(life)],
        pollMs: lease.pollMs,
      },
      {
        ...recordTelemetry(),
        clock,
        random,
        journal: {
          read,
          lastSequence,
          // Turns begin with the steps of the world alone.
          onAppended: () => () => undefined,
          state: {
            list: state.list,
            write: async (space, changes) => {
              await this.#whileAlive(life);
              await state.write(space, changes);
            },
          },
        },
        election: new LeaseElection({
          client: this.#clientOf(life),
          namespace: 'holdfast-system',
          name: lease.name,
          identity: name,
          durationMs: lease.durationMs,
          clock,
        }),
      },
    );
  }

  kick(): void {
    if (this.answers) this.#engine?.kick();
  }

  crash(): void {
    this.#life.isOver = true;
    this.#standing = undefined;
  }

  /** Nothing of it goes on until it continues, whatever it has begun. */
  standStill(): void {
    this.#standing ??= Promise.withResolvers();
  }

  goOn(): void {
    this.#standing?.resolve();
    this.#standing = undefined;
  }

  get clock(): Clock {
    const { nowMs } = this.#surroundings;
    return { wallMs: () => nowMs() + this.skewMs, monotonicMs: () => monotonicMs(nowMs()) };
  }

  /** Never resolves in a process that has ended. */
  async #whileAlive(life: Life): Promise<void> {
    await this.#standing?.promise;
    if (life.isOver) await new Promise(() => undefined);
  }

  async #travel(life: Life): Promise<void> {
    const turns = Math.floor(this.#surroundings.random() * TURNS_MAX);
    for (let turn = 0; turn < turns; turn += 1) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    await this.#whileAlive(life);
  }

  #clientOf(life: Life): Pick<ConnectedCluster, 'read' | 'write'> {
    const { lease } = this.#surroundings;
    const reach = async <Answer>(ask: () => Promise<Answer>): Promise<Answer | typeof CUT_OFF> => {
      await this.#travel(life);
      const answer = this.isCutOffFromLease ? CUT_OFF : await ask();
      await this.#travel(life);
      return answer;
    };
    return {
      read: (path) => reach(() => lease.read(path)),
      write: (path, options) => reach(() => lease.write(path, options)),
    };
  }

  #targetOf(life: Life): AlertTarget {
    const [settings] = this.#surroundings.alerts.targets;
    if (settings?.type !== 'pagerduty') throw new Error('There is a PagerDuty target');
    return {
      ...settings,
      takesChanges: false,
      close: () => undefined,
      send: async (message): Promise<SendOutcome> => {
        await this.#travel(life);
        if (this.isCutOffFromService) {
          return { status: 'retry', reason: 'cut off', answered: false };
        }
        this.#surroundings.take(message, this.name);
        await this.#travel(life);
        return { status: 'accepted' };
      },
    };
  }
}
