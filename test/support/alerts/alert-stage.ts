/** Replicas of the incident engine with journals in memory, a strict PagerDuty, and a clock that is moved by hand. */
import { clockOf } from '../simulated-time.ts';
import type { PostJson } from '../../../src/alerting/alert-target.ts';
import { DEFAULT_RULES } from '../../../src/alerting/default-rules.ts';
import { IncidentEngine } from '../../../src/alerting/incident-engine.ts';
import { electAlone } from '../../../src/kubernetes/leader-election/leader-election.ts';
import type { LeaderElection } from '../../../src/kubernetes/leader-election/leader-election.ts';
import { createPagerdutyTarget } from '../../../src/alerting/targets/pagerduty/pagerduty-target.ts';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import type { JournalReader, StateStore } from '../../../src/audit/journal.ts';
import type { Clock } from '../../../src/base/clock.ts';
import { parseRetryAfter } from '../../../src/base/parse-retry-after.ts';
import { alertsSchema } from '../../../src/alerting/settings.ts';
import { MemoryJournal } from '../memory-journal.ts';
import { recordTelemetry } from '../recording-telemetry.ts';
import type { RecordingTelemetry } from '../recording-telemetry.ts';
import { drawRoutingKey, FakePagerduty } from './fake-pagerduty.ts';

export interface Replica {
  readonly life: { isOver: boolean };
  readonly engine: IncidentEngine;
  readonly journal: MemoryJournal;
  readonly telemetry: RecordingTelemetry;
  /** Ends as a process that is told to stop does. */
  readonly stop: () => Promise<void>;
}

export interface ReplicaOptions {
  /** By which the others know it. @default 'holdfast-0' */
  readonly name?: string;
  readonly journal?: MemoryJournal;
  readonly election?: LeaderElection;
  /** Of the section `alerts`, without targets. */
  readonly alerts?: Readonly<Record<string, unknown>>;
  /** Of the target. */
  readonly target?: Readonly<Record<string, unknown>>;
  /** For a replica whose clock is wrong. */
  readonly skewMs?: number;
}

const STEP_MS = 500;

export class AlertStage {
  readonly pagerduty = new FakePagerduty();
  readonly routingKey = drawRoutingKey();
  readonly clock: Clock = clockOf(() => this.#nowMs);
  readonly #replicas = new Set<Replica>();
  // When the sample records begin.
  #nowMs = Date.UTC(2026, 0, 5, 8);

  constructor() {
    this.pagerduty.routingKeys.add(this.routingKey);
  }

  /** Starts one; without an election it is alone. */
  async start(options: ReplicaOptions = {}): Promise<Replica> {
    const { journal = new MemoryJournal(), election = electAlone(), skewMs = 0 } = options;
    const { targets, ...alerts } = alertsSchema.parse({
      ...options.alerts,
      targets: [
        { type: 'pagerduty', name: 'pager', routingKey: { env: 'KEY' }, ...options.target },
      ],
    });
    const [settings] = targets;
    if (settings?.type !== 'pagerduty') throw new Error('The stage has a PagerDuty target');
    const telemetry = recordTelemetry();
    const clock = clockOf(() => this.#nowMs + skewMs);
    const life = { isOver: false };
    const reader: JournalReader & { readonly state: StateStore } = {
      state: journal.state,
      read: journal.read,
      lastSequence: journal.lastSequence,
      onAppended: (listener) =>
        journal.onAppended(() => {
          if (!life.isOver) listener();
        }),
    };
    const engine = await IncidentEngine.start(
      {
        ...alerts,
        cluster: 'prod-eu-1',
        replica: options.name ?? 'holdfast-0',
        rules: [...alerts.rules, ...(alerts.defaultRules ? DEFAULT_RULES : [])],
        targets: [
          createPagerdutyTarget(settings, {
            post: this.#post,
            readRoutingKey: () => Promise.resolve({ ok: true, secret: this.routingKey }),
            close: () => undefined,
          }),
        ],
        pollMs: alerts.lease.pollMs,
      },
      { ...telemetry, journal: reader, election, clock, random: () => 0.5 },
    );
    const replica: Replica = {
      life,
      engine,
      journal,
      telemetry,
      stop: async () => {
        this.#replicas.delete(replica);
        await engine.close();
      },
    };
    this.#replicas.add(replica);
    await this.settle();
    return replica;
  }

  /** Takes a replica away as a crash does: what it remembers stays, and nothing more is done. */
  crash(replica: Replica): void {
    replica.life.isOver = true;
    this.#replicas.delete(replica);
  }

  /** Lets so much time pass, in steps. */
  async pass(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    while (this.#nowMs < endMs) {
      this.#nowMs = Math.min(endMs, this.#nowMs + STEP_MS);
      await this.settle();
    }
  }

  /** Sets the clock, as somebody who corrects it does. */
  step(byMs: number): void {
    this.#nowMs += byMs;
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let round = 0; round < 2; round += 1) {
      for (const { engine } of this.#replicas) {
        engine.kick();
        await engine.idle();
      }
    }
  }

  /** The answers so far, as `action status` in order. */
  get heard(): readonly string[] {
    return this.pagerduty.log.map(({ body, path, status }) => {
      const action: unknown = Reflect.get(Object(body), 'event_action');
      return `${path === '/v2/enqueue' ? String(action) : 'change'} ${status}`;
    });
  }

  readonly #post: PostJson = ({ url, headers, body }) => {
    const path = `${url.pathname}${url.search}`;
    const reply = this.pagerduty.receive({ method: 'POST', path, headers, body });
    const { status = 200, body: text = '' } = reply;
    return Promise.resolve({
      status: 'answered',
      httpStatus: status,
      retryAfterMs: parseRetryAfter(reply.headers?.['retry-after'], this.#nowMs),
      text,
      excerpt: text.slice(0, 200),
    });
  };
}

/** A Lease in memory: the first who comes holds it until it leaves or is taken away. */
export class SharedLease {
  holder: string | undefined;
  /** Set to make every renewal fail. */
  problem: string | undefined;
  readonly statuses = new Map<string, string>();

  electionOf(replica: string): LeaderElection {
    return {
      renew: (text) => {
        if (this.problem !== undefined) {
          return Promise.resolve({ leads: false, others: [], problem: this.problem });
        }
        this.holder ??= replica;
        this.statuses.set(replica, text);
        const others = [...this.statuses].filter(([name]) => name !== replica);
        return Promise.resolve({
          leads: this.holder === replica,
          leader: this.holder,
          others: others.map(([name, status]) => ({
            replica: name,
            heartbeat: '',
            text: status,
          })),
        });
      },
      holds: () => this.holder === replica,
      release: () => {
        if (this.holder === replica) this.holder = undefined;
        return Promise.resolve();
      },
    };
  }
}

/** What overrides the sample record: another object of the same kind. */
export function objectNamed(name: string): Pick<AuditRecord, 'object'> {
  return {
    object: {
      group: 'apps',
      version: 'v1',
      resource: 'deployments',
      subresource: '',
      kind: 'Deployment',
      namespace: 'shop',
      name,
    },
  };
}

/** What overrides the sample record: an allowed write by the GitOps controller. */
export function gitopsWrite(name: string, revision = 'a'.repeat(40)): Partial<AuditRecord> {
  return {
    ...objectNamed(name),
    allowed: true,
    code: 'allowed',
    message: '',
    policies: [],
    user: { username: 'system:serviceaccount:argocd:controller', groups: [], extra: {} },
    actor: {
      class: 'gitops',
      proof: { grade: 'pod-bound', sufficient: true, reason: 'It is bound to a pod' },
    },
    managedBy: { tool: 'argocd', app: 'shop' },
    source: { repository: 'git://example.com/src', revision, path: 'shop', inlineManifests: false },
  };
}
