/**
 * One seed of two replicas that share the uses of a grant in front of one API server: their connections to it are cut, lose requests or
 * answers, they end and begin again, and their clocks do not agree. People write under the grant all the while; what was let pass may still
 * be refused behind us, meet another writer, or take the API server nearly as long as it may. In the end everything is healed.
 */
import { monotonicMs, type Clock, type MonotonicMs } from '../../../src/base/clock.ts';
import {
  createGrantObjects,
  type GrantObjects,
} from '../../../src/identity/grants/grant-objects.ts';
import { BREAK_GLASS_LIMITS } from '../../../src/identity/grants/settings.ts';
import { findWriteTarget } from '../../../src/identity/grants/write-target.ts';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import type {
  ApiReading,
  ApiWriting,
  ConnectedCluster,
} from '../../../src/kubernetes/client/cluster-client.ts';
import { Scheduler, type Life } from '../simulation/scheduler.ts';
import { VersionedObjects, type Metadata } from './versioned-objects.ts';

export interface SharedGrantResult {
  readonly seed: number;
  /** Writes that people tried, that a replica let pass, and that were made. */
  readonly attempts: number;
  readonly passed: number;
  readonly made: number;
  /** Whether each use that was not made could be had again in the end. */
  readonly isUsedUp: boolean;
  readonly problems: readonly string[];
  /** What happened last, where something is wrong. */
  readonly trace: readonly string[];
}

export const USES = 5;
const GRANT = 'G';
const OBJECTS = ['a', 'b', 'c'] as const;
const BUSY_MS = 600_000;
const REST_ATTEMPTS_MAX = 60;
/** As kube-apiserver does by default: what it has not written by then it never writes. */
const REQUEST_MS_MAX = 60_000;
const WEBHOOK_MS_MAX = 5000;
const RETURN_AFTER_MS = BREAK_GLASS_LIMITS['breakGlass.limits.returnAfterMs'].default;
const NETWORK_MS_MAX = 30;
const SKEW_MS_MAX = 5 * 60_000;
const LINKS = ['good', 'good', 'cut', 'lossy'] as const;

type Link = (typeof LINKS)[number];

/** A machine, and the process on it. */
interface Replica {
  readonly name: string;
  link: Link;
  process: Process;
}

interface Process {
  readonly clock: Clock;
  readonly life: Life;
  readonly objects: GrantObjects;
  /** As in `compose/bind-grants.ts`: what it has let pass. */
  attempts: number;
}

/** Runs a seed. */
export async function runSharedGrant(seed: number): Promise<SharedGrantResult> {
  const world = new SharedGrant(seed);
  return await world.run();
}

class SharedGrant {
  readonly #seed: number;
  readonly #scheduler: Scheduler;
  readonly #objects = new VersionedObjects();
  readonly #replicas: readonly [Replica, Replica];
  readonly #problems: string[] = [];
  #attempts = 0;
  #passed = 0;
  #made = 0;
  #isHealed = false;

  constructor(seed: number) {
    this.#seed = seed;
    this.#scheduler = new Scheduler(seed);
    this.#replicas = [this.#createReplica('holdfast-0'), this.#createReplica('holdfast-1')];
    for (const name of OBJECTS) this.#objects.write(pathOf(name), { writer: 'argocd' });
  }

  async run(): Promise<SharedGrantResult> {
    const scheduler = this.#scheduler;
    this.#again('attempt', [500, 20_000], () => void this.#attempt());
    this.#again('argocd', [5000, 60_000], () => {
      this.#objects.write(pathOf(scheduler.pick(OBJECTS)), { writer: 'argocd' });
    });
    this.#again('trouble', [1000, 60_000], () => this.#disturb());
    while (scheduler.nowMs < BUSY_MS && this.#problems.length === 0) await scheduler.step();
    this.#isHealed = true;
    for (const replica of this.#replicas) replica.link = 'good';
    const isUsedUp = await this.#useUp();
    return {
      seed: this.#seed,
      attempts: this.#attempts,
      passed: this.#passed,
      made: this.#made,
      isUsedUp,
      problems: this.#problems,
      trace: this.#problems.length === 0 ? [] : [...scheduler.recent],
    };
  }

  /** What is left is used, and what was not made is had again; false where so many were tried that the grant ended before. */
  async #useUp(): Promise<boolean> {
    for (let left = REST_ATTEMPTS_MAX; left > 0 && this.#problems.length === 0; left -= 1) {
      const outcome = await this.#finish(this.#attempt());
      // Twice so long: a use that was taken just now is first seen by the next attempt.
      await this.#pass(2 * RETURN_AFTER_MS);
      if (outcome !== 'used-up' || this.#made < USES) continue;
      return true;
    }
    const tried = this.#objects.usesOf(GRANT).length;
    const isEnded = tried >= USES * BREAK_GLASS_LIMITS['breakGlass.attemptsPerUse'].default;
    if (!isEnded) this.#tell(`${this.#made} of ${USES} uses could be had`);
    return false;
  }

  async #finish<Value>(work: Promise<Value>): Promise<Value | undefined> {
    let isOver = false;
    let value: Value | undefined;
    void work.then((given) => {
      value = given;
      isOver = true;
    });
    while (!isOver && (await this.#scheduler.step()));
    return value;
  }

  #pass(delayMs: number): Promise<void> {
    return this.#finish(this.#sleep(delayMs));
  }

  #sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#scheduler.after(delayMs, { label: 'time passes', run: resolve });
    });
  }

  #again(label: string, [low, high]: readonly [number, number], act: () => void): void {
    const run = (): void => {
      if (this.#isHealed) return;
      act();
      this.#again(label, [low, high], act);
    };
    this.#scheduler.after(this.#scheduler.between(low, high), { label, run });
  }

  #disturb(): void {
    const scheduler = this.#scheduler;
    const replica = scheduler.pick(this.#replicas);
    if (scheduler.chance(0.2)) {
      replica.process.life.isOver = true;
      replica.process = this.#start(() => replica.link);
      scheduler.note(`${replica.name} begins anew`);
      return;
    }
    replica.link = scheduler.pick(LINKS);
    scheduler.note(`the connection of ${replica.name} is ${replica.link}`);
  }

  /** Somebody writes an object under the grant; says what became of it. */
  async #attempt(): Promise<'made' | 'refused' | 'used-up'> {
    const scheduler = this.#scheduler;
    const beganMs = scheduler.nowMs;
    const path = pathOf(scheduler.pick(OBJECTS));
    this.#attempts += 1;
    const decisionId = String(this.#attempts);
    // Where the object has changed meanwhile, the API server asks again, with the object as it is now.
    for (let round = 0; ; round += 1) {
      const before = this.#objects.read(path);
      const next = this.#objects.next(path, { writer: 'alice' });
      const asked = { decisionId: `${decisionId}-${round}`, path, before, next };
      const answer = await Promise.race([this.#ask(asked), this.#sleep(WEBHOOK_MS_MAX)]);
      if (answer === 'used-up') return 'used-up';
      if (answer !== 'taken') return 'refused';
      this.#passed += 1;
      const rest = Math.max(0, REQUEST_MS_MAX - (scheduler.nowMs - beganMs));
      await this.#sleep(scheduler.between(0, scheduler.chance(0.2) ? rest : 1000));
      if (scheduler.nowMs - beganMs >= REQUEST_MS_MAX) return 'refused';
      // Another webhook denies it, or a quota is full.
      if (!this.#isHealed && scheduler.chance(0.5)) return 'refused';
      if (this.#objects.read(path).resourceVersion !== before.resourceVersion) continue;
      this.#objects.put(path, next);
      this.#made += 1;
      scheduler.note(`write ${this.#made} is made`);
      if (this.#made > USES) this.#tell(`${this.#made} writes were made, of ${USES}`);
      return 'made';
    }
  }

  async #ask({ decisionId, path, before, next }: Asked): Promise<string> {
    const { name, process } = this.#scheduler.pick(this.#replicas);
    const { clock, objects } = process;
    const use = {
      decisionId,
      object: path,
      time: new Date(clock.wallMs()).toISOString(),
      target: findWriteTarget(requestOf(path, before, next)),
      usesMax: USES,
      attemptsAtLeast: process.attempts,
    };
    const deadlineAtMs = monotonicMs(clock.monotonicMs() + WEBHOOK_MS_MAX);
    const taken = await objects.takeUse(GRANT, use, deadlineAtMs);
    this.#scheduler.note(`${name} answers ${taken.status} to ${decisionId}`);
    if (taken.status === 'taken') process.attempts = Math.max(taken.attempts, process.attempts);
    return taken.status;
  }

  #createReplica(name: string): Replica {
    const replica: Pick<Replica, 'name' | 'link'> = { name, link: 'good' };
    return Object.assign(replica, { process: this.#start(() => replica.link) });
  }

  #start(link: () => Link): Process {
    const scheduler = this.#scheduler;
    const skewMs = scheduler.between(-SKEW_MS_MAX, SKEW_MS_MAX);
    const aheadMs = scheduler.between(0, SKEW_MS_MAX);
    const clock: Clock = {
      wallMs: () => scheduler.clock.wallMs() + skewMs,
      monotonicMs: () => monotonicMs(scheduler.nowMs + aheadMs),
    };
    const life = { isOver: false };
    const objects = createGrantObjects({
      client: this.#connect({ clock, life, link }),
      clock,
      namespace: 'holdfast-system',
      listCacheMs: 0,
      returnAfterMs: RETURN_AFTER_MS,
      firstSeenMs: new Map(),
    });
    return { clock, life, objects, attempts: 0 };
  }

  #connect(connection: Connection): ConnectedCluster {
    const objects = this.#objects;
    const outage = {
      status: 'unavailable',
      code: 'lookup_timed_out',
      reason: 'no answer',
    } as const;
    return {
      server: 'https://127.0.0.1',
      read: (path, { deadlineAtMs }) =>
        this.#exchange<ApiReading>(connection, {
          deadlineAtMs,
          lost: outage,
          work: () => objects.get(path),
        }),
      write: (_path, { method, body, deadlineAtMs }) =>
        this.#exchange<ApiWriting>(connection, {
          deadlineAtMs,
          lost: outage,
          work: () => objects.writeLedger(method, body),
        }),
      watch: (path, { silenceMsMax, onLine }) => {
        const deadlineAtMs = monotonicMs(connection.clock.monotonicMs() + silenceMsMax);
        const closed = { status: 'closed' } as const;
        const work = () => {
          const line = objects.lineAfter(path);
          if (line !== undefined) onLine(line);
          return closed;
        };
        return this.#exchange(connection, { deadlineAtMs, lost: closed, work });
      },
      close: () => undefined,
    };
  }

  /** A request and its answer, either of which may be lost. */
  #exchange<Answer>(
    { clock, life, link }: Connection,
    { deadlineAtMs, lost, work }: Exchange<Answer>,
  ): Promise<Answer> {
    const scheduler = this.#scheduler;
    const isLost = (): boolean => link() === 'cut' || (link() === 'lossy' && scheduler.chance(0.3));
    const networkMs = (): number => scheduler.between(0, NETWORK_MS_MAX);
    return new Promise((resolve) => {
      const leftMs = deadlineAtMs - clock.monotonicMs();
      scheduler.after(leftMs, { label: 'no answer', life, run: () => resolve(lost) });
      if (isLost()) return;
      const run = (): void => {
        const answer = work();
        if (isLost()) return;
        scheduler.after(networkMs(), { label: 'answer', life, run: () => resolve(answer) });
      };
      // What was sent arrives, also where its sender has ended.
      scheduler.after(networkMs(), { label: 'request', run });
    });
  }

  #tell(text: string): void {
    this.#problems.push(text);
  }
}

interface Asked {
  readonly decisionId: string;
  readonly path: string;
  readonly before: Metadata;
  readonly next: Metadata;
}

interface Connection extends Pick<Process, 'clock' | 'life'> {
  readonly link: () => Link;
}

interface Exchange<Answer> {
  readonly deadlineAtMs: MonotonicMs;
  /** The answer where none comes. */
  readonly lost: Answer;
  readonly work: () => Answer;
}

function pathOf(name: string): string {
  return `/api/v1/namespaces/shop/configmaps/${name}`;
}

function requestOf(path: string, before: Metadata, next: Metadata): AdmissionRequest {
  return {
    uid: 'u',
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    resource: { group: '', version: 'v1', resource: 'configmaps' },
    namespace: 'shop',
    name: path.slice(path.lastIndexOf('/') + 1),
    operation: 'UPDATE',
    userInfo: { username: 'alice' },
    object: { metadata: next },
    oldObject: { metadata: before },
  };
}
