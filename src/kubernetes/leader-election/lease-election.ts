/** Leader election by a Lease: its holder leads, and its annotations hold the status that each replica publishes. */
import type { LeaderElection, ElectionResult } from './leader-election.ts';
import { type Clock, type MonotonicMs, addMs } from '../../base/clock.ts';
import type { ApiWriting, ConnectedCluster } from '../client/cluster-client.ts';
import { parseStatuses, parseLease } from './parse-lease.ts';
import type { Lease } from './parse-lease.ts';
import { describeHolder, planLease, planNewLease, planRelease } from './plan-lease.ts';
import type { LeaseContext, LeasePlan } from './plan-lease.ts';

export interface LeaseOptions {
  readonly client: Pick<ConnectedCluster, 'read' | 'write'>;
  readonly namespace: string;
  readonly name: string;
  /** The identity of this replica; unique. */
  readonly identity: string;
  readonly durationMs: number;
  readonly clock: Clock;
}

/** One renewal must complete well before the lease expires. */
const CALL_MS_MAX = 2000;
/** After a conflict, the write is retried on the current object. */
const TRIES = 4;
/** How often an unchanged status is written again, as a heartbeat; */
const HEARTBEAT_MS = 60_000;
/** and how long a status without heartbeat is kept. */
const STALE_MS = 600_000;

interface Seen {
  readonly what: string;
  readonly sinceMs: MonotonicMs;
}

type Attempt =
  | { readonly status: 'done'; readonly lease: Lease }
  | { readonly status: 'again'; readonly reason: string }
  | { readonly status: 'failed'; readonly reason: string };

/** No request is sent before the first renewal. */
export class LeaseElection implements LeaderElection {
  readonly #options: LeaseOptions;
  #holder: Seen | undefined;
  readonly #statuses = new Map<string, Seen>();
  /** By our clock, taken before the write that acquired it. */
  #oursUntilMs = 0;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  async renew(status: string): Promise<ElectionResult> {
    let reason = '';
    for (let tries = 0; tries < TRIES; tries += 1) {
      const attempt = await this.#attempt(status);
      if (attempt.status === 'done') return this.#resultOf(attempt.lease);
      reason = attempt.reason;
      if (attempt.status === 'failed') break;
    }
    return { leads: this.holds(), others: [], problem: reason };
  }

  holds(): boolean {
    return this.#options.clock.monotonicMs() < this.#oursUntilMs;
  }

  async release(): Promise<void> {
    if (!this.holds()) return;
    this.#oursUntilMs = 0;
    const reading = await this.#read();
    if (reading.status !== 'read') return;
    const lease = parseLease(reading.body);
    if (lease?.spec?.holderIdentity !== this.#options.identity) return;
    await this.#write('PUT', planRelease(lease));
  }

  async #attempt(status: string): Promise<Attempt> {
    const { name, namespace, durationMs, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const reading = await this.#read();
    if (reading.status === 'unavailable') return { status: 'failed', reason: reading.reason };
    if (reading.status === 'absent') {
      const lease = planNewLease({ name, namespace }, this.#context(status, nowMs));
      return this.#settle({ what: 'acquire', lease }, await this.#write('POST', lease), nowMs);
    }
    const lease = parseLease(reading.body);
    if (lease === undefined) return { status: 'failed', reason: 'The lease cannot be read' };
    this.#observe(lease, nowMs);
    const plan = planLease(lease, this.#context(status, nowMs));
    if (plan.what !== 'none') {
      return this.#settle(plan, await this.#write('PUT', plan.lease), nowMs);
    }
    if (this.#isOurs(lease)) this.#oursUntilMs = (this.#holder?.sinceMs ?? nowMs) + durationMs;
    return { status: 'done', lease };
  }

  #settle({ what, lease }: LeasePlan, writing: ApiWriting, nowMs: MonotonicMs): Attempt {
    switch (writing.status) {
      case 'written': {
        const written = parseLease(writing.body) ?? lease;
        this.#observe(written, nowMs);
        if (what !== 'publish') this.#oursUntilMs = nowMs + this.#options.durationMs;
        return { status: 'done', lease: written };
      }
      case 'conflict':
        return { status: 'again', reason: writing.reason };
      case 'absent':
        return { status: 'again', reason: 'The lease was deleted, or its namespace is not there' };
      case 'refused':
      case 'unavailable':
        return { status: 'failed', reason: writing.reason };
    }
  }

  #resultOf(lease: Lease): ElectionResult {
    const { identity } = this.#options;
    const leader = lease.spec?.holderIdentity ?? '';
    const others = [...parseStatuses(lease).values()].filter(({ replica }) => replica !== identity);
    return {
      leads: leader === identity,
      ...(leader !== identity && leader !== '' && { leader }),
      others,
    };
  }

  /** Heartbeats are dated by when we observed them, so that clocks need not agree. */
  #observe(lease: Lease, nowMs: MonotonicMs): void {
    this.#holder = noted(this.#holder, describeHolder(lease), nowMs);
    const statuses = parseStatuses(lease);
    for (const [name, { heartbeat, text }] of statuses) {
      this.#statuses.set(name, noted(this.#statuses.get(name), `${heartbeat}\n${text}`, nowMs));
    }
    for (const name of this.#statuses.keys()) {
      if (!statuses.has(name)) this.#statuses.delete(name);
    }
  }

  #context(status: string, nowMs: MonotonicMs): LeaseContext {
    const { identity, durationMs, clock } = this.#options;
    const wallMs = clock.wallMs();
    const stale = [...this.#statuses].filter(([, { sinceMs }]) => nowMs - sinceMs > STALE_MS);
    return {
      identity,
      durationMs,
      nowMs,
      wallMs,
      seenAtMs: this.#holder?.sinceMs ?? nowMs,
      status,
      heartbeat: String(Math.floor(wallMs / HEARTBEAT_MS)),
      stale: new Set(stale.map(([name]) => name)),
    };
  }

  #isOurs({ spec }: Lease): boolean {
    return spec?.holderIdentity === this.#options.identity;
  }

  #read() {
    const { client, name } = this.#options;
    return client.read(`${this.#path()}/${name}`, { deadlineAtMs: this.#deadlineAtMs() });
  }

  #write(method: 'POST' | 'PUT', lease: Lease): Promise<ApiWriting> {
    const path = method === 'POST' ? this.#path() : `${this.#path()}/${this.#options.name}`;
    const deadlineAtMs = this.#deadlineAtMs();
    return this.#options.client.write(path, { method, body: lease, deadlineAtMs });
  }

  #path(): string {
    return `/apis/coordination.k8s.io/v1/namespaces/${this.#options.namespace}/leases`;
  }

  #deadlineAtMs(): MonotonicMs {
    const { clock, durationMs } = this.#options;
    return addMs(clock.monotonicMs(), Math.min(CALL_MS_MAX, durationMs / 4));
  }
}

function noted(before: Seen | undefined, what: string, nowMs: MonotonicMs): Seen {
  const isSame = before?.what === what && before.sinceMs <= nowMs;
  return isSame ? before : { what, sinceMs: nowMs };
}
