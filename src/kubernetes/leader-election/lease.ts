/** Meets the other replicas at a Lease: who holds it speaks for all, and its annotations are the board. */
import type { Meeting, MeetingResult } from './meeting.ts';
import { type Clock, type MonotonicMs, addMs } from '../../base/clock.ts';
import type { ApiWriting, ConnectedCluster } from '../client/cluster-client.ts';
import { parseBoards, parseLease } from './parse-lease.ts';
import type { Lease } from './parse-lease.ts';
import { describeHolder, planLease, planNewLease, planRelease } from './plan-lease.ts';
import type { LeaseContext, LeasePlan } from './plan-lease.ts';

export interface LeaseOptions {
  readonly client: Pick<ConnectedCluster, 'read' | 'write'>;
  readonly namespace: string;
  readonly name: string;
  /** This replica; no two have the same. */
  readonly identity: string;
  readonly durationMs: number;
  readonly clock: Clock;
}

/** One meeting must be over well before the lease is. */
const CALL_MS_MAX = 2000;
/** A write that comes second is tried again with what the first has written. */
const TRIES = 4;
/** So often a board without news is written again, to show that its replica lives; */
const BEAT_MS = 60_000;
/** and after so long without it is removed. */
const STALE_MS = 600_000;

/** Nothing is asked before the first meeting. */
export function createLeaseMeeting(options: LeaseOptions): Meeting {
  const meeting = new LeaseMeeting(options);
  return {
    meet: (text) => meeting.meet(text),
    leave: () => meeting.leave(),
  };
}

interface Seen {
  readonly what: string;
  readonly sinceMs: MonotonicMs;
}

type Attempt =
  | { readonly status: 'met'; readonly lease: Lease }
  | { readonly status: 'again'; readonly reason: string }
  | { readonly status: 'failed'; readonly reason: string };

class LeaseMeeting {
  readonly #options: LeaseOptions;
  #holder: Seen | undefined;
  readonly #boards = new Map<string, Seen>();
  /** By our clock, from before the write that made it ours. */
  #oursUntilMs = 0;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  async meet(text: string): Promise<MeetingResult> {
    let reason = '';
    for (let tries = 0; tries < TRIES; tries += 1) {
      const attempt = await this.#attempt(text);
      if (attempt.status === 'met') return this.#report(attempt.lease);
      reason = attempt.reason;
      if (attempt.status === 'failed') break;
    }
    const speaks = this.#options.clock.monotonicMs() < this.#oursUntilMs;
    return { speaks, boards: [], problem: reason };
  }

  async leave(): Promise<void> {
    if (this.#options.clock.monotonicMs() >= this.#oursUntilMs) return;
    this.#oursUntilMs = 0;
    const reading = await this.#read();
    if (reading.status !== 'read') return;
    const lease = parseLease(reading.body);
    if (lease?.spec?.holderIdentity !== this.#options.identity) return;
    await this.#write('PUT', planRelease(lease));
  }

  async #attempt(text: string): Promise<Attempt> {
    const { name, namespace, durationMs, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const reading = await this.#read();
    if (reading.status === 'unavailable') return { status: 'failed', reason: reading.reason };
    if (reading.status === 'absent') {
      const lease = planNewLease({ name, namespace }, this.#context(text, nowMs));
      return this.#settle({ what: 'take', lease }, await this.#write('POST', lease), nowMs);
    }
    const lease = parseLease(reading.body);
    if (lease === undefined) return { status: 'failed', reason: 'The lease cannot be read' };
    this.#see(lease, nowMs);
    const plan = planLease(lease, this.#context(text, nowMs));
    if (plan.what !== 'rest') {
      return this.#settle(plan, await this.#write('PUT', plan.lease), nowMs);
    }
    if (this.#isOurs(lease)) this.#oursUntilMs = (this.#holder?.sinceMs ?? nowMs) + durationMs;
    return { status: 'met', lease };
  }

  #settle({ what, lease }: LeasePlan, writing: ApiWriting, nowMs: MonotonicMs): Attempt {
    switch (writing.status) {
      case 'written': {
        const written = parseLease(writing.body) ?? lease;
        this.#see(written, nowMs);
        if (what !== 'show') this.#oursUntilMs = nowMs + this.#options.durationMs;
        return { status: 'met', lease: written };
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

  #report(lease: Lease): MeetingResult {
    const { identity } = this.#options;
    const speaker = lease.spec?.holderIdentity ?? '';
    const boards = [...parseBoards(lease).values()].filter(({ replica }) => replica !== identity);
    return {
      speaks: speaker === identity,
      ...(speaker !== identity && speaker !== '' && { speaker }),
      boards: boards.map(({ replica, text }) => ({ replica, text })),
    };
  }

  /** Signs of life are dated by when we saw them: no two clocks have to agree. */
  #see(lease: Lease, nowMs: MonotonicMs): void {
    this.#holder = noted(this.#holder, describeHolder(lease), nowMs);
    const boards = parseBoards(lease);
    for (const [name, { beat, text }] of boards) {
      this.#boards.set(name, noted(this.#boards.get(name), `${beat}\n${text}`, nowMs));
    }
    for (const name of this.#boards.keys()) {
      if (!boards.has(name)) this.#boards.delete(name);
    }
  }

  #context(board: string, nowMs: MonotonicMs): LeaseContext {
    const { identity, durationMs, clock } = this.#options;
    const wallMs = clock.wallMs();
    const stale = [...this.#boards].filter(([, { sinceMs }]) => nowMs - sinceMs > STALE_MS);
    return {
      identity,
      durationMs,
      nowMs,
      wallMs,
      seenAtMs: this.#holder?.sinceMs ?? nowMs,
      board,
      beat: String(Math.floor(wallMs / BEAT_MS)),
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
