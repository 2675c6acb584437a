/**
 * Writes at a stated pace, by several clients at once, each of which waits for its answer. What each write must get is known
 * before it is sent, and whatever else it gets counts as failed.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { errorText } from '../../../src/base/error-details.ts';
import { summarizeLatencies } from '../../bench/percentile.ts';
import type { LatencySummary } from '../../bench/percentile.ts';
import type { ApiAnswer, ApiRequest } from '../cluster/api-client.ts';

/** A machine that cannot hold the pace is not made to catch up in a burst. */
const BEHIND_MS_MAX = 100;
/** More of the same does not help whoever reads them. */
const FAILURES_SHOWN_MAX = 20;
const ANSWER_SHOWN_CHARACTERS_MAX = 300;

/** One write, and what must become of it. */
export interface PlannedWrite {
  readonly user: string;
  readonly path: string;
  readonly request: ApiRequest;
  /** `allowed`, or the code with which Holdfast must refuse it. */
  readonly expected: string;
}

/** Sends a write; rejects where no answer came. */
export type SendWrite = (write: PlannedWrite, auditId: string) => Promise<ApiAnswer>;

export interface LoadOptions {
  readonly send: SendWrite;
  /** The writes of one round of a client, whose name no other has: one after the other, as each may need those before. */
  readonly planRound: (name: string) => readonly PlannedWrite[];
  readonly requestsPerSecond: number;
  /** How many write at once, at most. */
  readonly clients: number;
}

export interface LoadReport {
  /** Its audit ids begin so. */
  readonly name: string;
  readonly sent: number;
  readonly allowed: number;
  readonly refused: number;
  /** What got another answer than it must, or none. */
  readonly failed: number;
  /** The first of them, each with its answer. */
  readonly failures: readonly string[];
  /** What was on its way when the API server went: whether it was written nobody knows. */
  readonly interrupted: number;
  /** The ids under which the API server's audit log has those that were allowed. */
  readonly allowedAuditIds: readonly string[];
  /** Answers per second: below the pace that was asked for where the machine cannot hold it. */
  readonly answersPerSecond: number;
  readonly latency: LatencySummary;
}

export interface PacedLoad {
  /** How many answers came so far. */
  readonly answers: () => number;
  /** How many of them were other ones than they must be. */
  readonly failed: () => number;
  /** Holds back new writes while `action` takes the API server away, as a client without an API server does. */
  readonly whileApiServerIsAway: (action: () => Promise<void>) => Promise<void>;
  /** Lets every client end its write, and says what became of all. */
  readonly stop: () => Promise<LoadReport>;
}

let loads = 0;

/** Starts to write. */
export function startLoad(options: LoadOptions): PacedLoad {
  loads += 1;
  const load = new Load(options, `load-${process.pid}-${loads}`);
  return load;
}

class Load implements PacedLoad {
  readonly #options: LoadOptions;
  readonly #name: string;
  readonly #startedAtMs = performance.now();
  readonly #clients: readonly Promise<void>[];
  readonly #latenciesUs: number[] = [];
  readonly #failures: string[] = [];
  readonly #allowedAuditIds: string[] = [];
  readonly #counts = { sent: 0, refused: 0, failed: 0, interrupted: 0 };
  #dueAtMs = performance.now();
  #away: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: LoadOptions, name: string) {
    this.#options = options;
    this.#name = name;
    this.#clients = Array.from({ length: options.clients }, (_, client) => this.#write(client));
  }

  readonly answers = (): number => this.#latenciesUs.length;

  readonly failed = (): number => this.#counts.failed;

  readonly whileApiServerIsAway = async (action: () => Promise<void>): Promise<void> => {
    const away = action();
    this.#away = away;
    try {
      await away;
    } finally {
      this.#away = undefined;
    }
  };

  readonly stop = async (): Promise<LoadReport> => {
    this.#isStopped = true;
    await Promise.all(this.#clients);
    const seconds = (performance.now() - this.#startedAtMs) / 1000;
    return {
      name: this.#name,
      ...this.#counts,
      allowed: this.#allowedAuditIds.length,
      allowedAuditIds: this.#allowedAuditIds,
      failures: this.#failures,
      answersPerSecond: this.#latenciesUs.length / seconds,
      latency: summarizeLatencies(this.#latenciesUs),
    };
  };

  async #write(client: number): Promise<void> {
    for (let round = 0; !this.#isStopped; round += 1) {
      for (const write of this.#options.planRound(`${this.#name}-${client}-${round}`)) {
        await this.#waitForTurn();
        if (this.#isStopped) return;
        // The writes behind it need what it should have made.
        if (!(await this.#sendOne(write))) break;
      }
    }
  }

  /** Each turn belongs to one client: they come evenly, whoever is free. */
  async #waitForTurn(): Promise<void> {
    await this.#away?.catch(() => undefined);
    const nowMs = performance.now();
    const dueAtMs = Math.max(this.#dueAtMs, nowMs - BEHIND_MS_MAX);
    this.#dueAtMs = dueAtMs + 1000 / this.#options.requestsPerSecond;
    if (dueAtMs > nowMs) await pause(dueAtMs - nowMs);
    await this.#away?.catch(() => undefined);
  }

  /** Whether it got what it must. */
  async #sendOne(write: PlannedWrite): Promise<boolean> {
    this.#counts.sent += 1;
    const auditId = `${this.#name}-${this.#counts.sent}`;
    const sentAtMs = performance.now();
    try {
      const answer = await this.#options.send(write, auditId);
      this.#latenciesUs.push((performance.now() - sentAtMs) * 1000);
      return this.#count(write, answer, auditId);
    } catch (error) {
      if (this.#away === undefined) this.#fail(write, errorText(error));
      else this.#counts.interrupted += 1;
      return false;
    }
  }

  #count(write: PlannedWrite, { code, body }: ApiAnswer, auditId: string): boolean {
    const message = body.message ?? '';
    if (code >= 200 && code < 300) this.#allowedAuditIds.push(auditId);
    if (isExpected(write, code, message)) {
      if (write.expected !== 'allowed') this.#counts.refused += 1;
      return true;
    }
    this.#fail(write, `${code} ${message.slice(0, ANSWER_SHOWN_CHARACTERS_MAX)}`);
    return false;
  }

  #fail({ user, path, request, expected }: PlannedWrite, found: string): void {
    this.#counts.failed += 1;
    if (this.#failures.length >= FAILURES_SHOWN_MAX) return;
    const sinceStartMs = Math.round(performance.now() - this.#startedAtMs);
    const what = `${user}: ${request.method ?? 'GET'} ${path}`;
    this.#failures.push(`after ${sinceStartMs} ms, ${what}: expected ${expected}, found ${found}`);
  }
}

/** A refusal is Holdfast's own, with the code that it must have, and the id of its decision. */
function isExpected({ expected }: PlannedWrite, code: number, message: string): boolean {
  if (expected === 'allowed') return code >= 200 && code < 300;
  return code === 403 && message.includes(expected) && message.includes('decision 0');
}
