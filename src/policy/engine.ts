/**
 * The policy engine: all matching policies in one call; when that call fails, one by one, so that only the guilty policy is
 * unavailable and the others still judge.
 */
import { type Clock, type MonotonicMs, systemClock } from '../base/clock.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { PolicyDescriptor } from './descriptor.ts';
import { formatInput } from './wasm/format-input.ts';
import type { PolicyBundle } from './load-bundle.ts';
import type { PolicyOutcome } from './outcome.ts';
import { ALLOWANCE_MS_PER_MIB } from './pool-timing.ts';
import { parseVerdicts } from './parse-verdicts.ts';
import { Quarantine } from './quarantine.ts';
import type { PoolFailureCode, PoolResult } from './pool-job.ts';
import { ENGINE_LIMITS, type EngineSettings } from './settings.ts';
import { WorkerPool } from './worker-pool.ts';

export interface EngineDependencies {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** @default systemClock */
  readonly clock?: Clock;
}

/** One call into the policies: the same shape as in `admission/ports.ts`, which this engine serves. */
export interface EngineInput {
  readonly policies: readonly PolicyDescriptor[];
  readonly requestJson: Uint8Array;
  readonly facts: object;
  readonly parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly deadlineAtMs: MonotonicMs;
}

/** An engine that can be closed, and be given new policies without dropping a request. */
export interface RunningPolicyEngine {
  readonly revision: string;
  readonly descriptors: readonly PolicyDescriptor[];
  /** One outcome for each policy of the input, in the same order. Never rejects. */
  readonly evaluate: (input: EngineInput) => Promise<readonly PolicyOutcome[]>;
  /** Resolves when the new policies judge; requests at hand are finished with the old ones. */
  readonly replaceBundle: (bundle: PolicyBundle) => Promise<void>;
  /** Finishes what is at hand, then ends all workers. */
  readonly close: () => Promise<void>;
}

/** Starts the workers; resolves when all of them can judge. */
export async function createPolicyEngine(
  bundle: PolicyBundle,
  options: EngineSettings,
  dependencies: EngineDependencies,
): Promise<RunningPolicyEngine> {
  let generation = await startGeneration(bundle, options, dependencies);
  dependencies.metrics.beforeExposition(() => generation.report());
  return {
    get revision() {
      return generation.bundle.manifest.revision;
    },
    get descriptors() {
      return generation.bundle.manifest.policies;
    },
    evaluate: (input) => generation.evaluate(input),
    replaceBundle: async (next) => {
      const successor = await startGeneration(next, options, dependencies);
      const predecessor = generation;
      generation = successor;
      await predecessor.pool.drain();
    },
    close: () => generation.pool.drain(),
  };
}

async function startGeneration(
  bundle: PolicyBundle,
  options: EngineSettings,
  dependencies: EngineDependencies,
): Promise<Generation> {
  const generation = new Generation(bundle, options, dependencies);
  try {
    await generation.pool.ready();
    return generation;
  } catch (fault) {
    await generation.pool.close();
    throw fault;
  }
}

/** One slow call is an accident that a spare worker makes up for; two of the same kind at once may be an attack. */
const SLOW_CALLS_SUSPICIOUS = 2;

/** What belongs to one bundle: its workers and its record of kills. */
class Generation {
  readonly bundle: PolicyBundle;
  readonly pool: WorkerPool;
  readonly #dependencies: EngineDependencies;
  readonly #options: EngineSettings;
  readonly #quarantine: Quarantine;
  readonly #clock: Clock;
  /** How many calls run suspiciously long at this moment, by the policies they judge. */
  readonly #slow = new Map<string, number>();

  constructor(bundle: PolicyBundle, options: EngineSettings, dependencies: EngineDependencies) {
    const { logger, metrics, clock = systemClock } = dependencies;
    this.bundle = bundle;
    this.#dependencies = dependencies;
    this.#options = options;
    this.#clock = clock;
    this.#quarantine = new Quarantine({
      afterKills: options.quarantineAfterKills,
      windowMs: ENGINE_LIMITS['engine.quarantineWindowMs'].default,
      quarantineMs: options.quarantineMs,
    });
    this.pool = new WorkerPool(
      {
        module: bundle.module,
        data: bundle.manifest.data,
        workers: options.workers,
        memoryPagesMax: options.memoryPagesMax,
        queueLengthMax: options.queueLengthMax,
        clock,
      },
      {
        killed: () => metrics.increment('holdfast_engine_kills_total'),
        restarted: (reason) => {
          metrics.increment('holdfast_engine_worker_restarts_total');
          logger.warn('Policy worker replaced', { reason });
        },
      },
    );
  }

  report(): void {
    const { metrics } = this.#dependencies;
    metrics.set('holdfast_engine_queue_length', this.pool.queueLength);
    metrics.set('holdfast_engine_quarantined', this.#quarantine.count(this.#clock.monotonicMs()));
  }

  async evaluate(input: EngineInput): Promise<readonly PolicyOutcome[]> {
    const { metrics } = this.#dependencies;
    const startedAtMs = this.#clock.monotonicMs();
    const outcomes = await this.#judge(input.policies, input);
    const seconds = (this.#clock.monotonicMs() - startedAtMs) / 1000;
    metrics.observe('holdfast_engine_call_duration_seconds', seconds);
    for (const outcome of outcomes) {
      if (outcome.status !== 'unavailable') continue;
      metrics.increment('holdfast_engine_failures_total', { code: outcome.code });
    }
    return outcomes;
  }

  /** The policies in quarantine are answered for at once, the others judge together. */
  async #judge(
    policies: readonly PolicyDescriptor[],
    input: EngineInput,
  ): Promise<readonly PolicyOutcome[]> {
    const free = policies.filter(({ name }) => !this.#isQuarantined(name));
    if (free.length === policies.length) return this.#judgeTogether(policies, input);
    const outcomes = free.length === 0 ? [] : await this.#judge(free, input);
    const byName = new Map(outcomes.map((outcome) => [outcome.policy, outcome]));
    return policies.map(({ name }) => byName.get(name) ?? this.#quarantined(name));
  }

  async #judgeTogether(
    policies: readonly PolicyDescriptor[],
    input: EngineInput,
  ): Promise<readonly PolicyOutcome[]> {
    const result = await this.#call(policies, input, {
      budgetMs: this.#jointBudgetMs(policies, input),
      suspect: false,
    });
    if (result.status === 'completed') {
      const nowMs = this.#clock.monotonicMs();
      for (const { name } of policies) this.#quarantine.forgive(name, nowMs);
      return parseVerdicts(result.text, policies);
    }
    const { code, reason } = result;
    if (code === 'policy_quarantined') return this.#judge(policies, input);
    const [alone] = policies;
    if (policies.length === 1 && alone) return [this.#blame(alone, result, input)];
    if (!isAboutPolicies(code)) return policies.map(({ name }) => unavailable(name, result));
    this.#dependencies.logger.debug('Evaluating policies one by one', { code, reason });
    const suspect = code !== 'policy_evaluation_failed';
    return Promise.all(policies.map((policy) => this.#judgeAlone(policy, input, suspect)));
  }

  async #judgeAlone(
    policy: PolicyDescriptor,
    input: EngineInput,
    suspect: boolean,
  ): Promise<PolicyOutcome> {
    const budgetMs = policy.deadlineMs;
    const result = await this.#call([policy], input, { budgetMs, suspect });
    if (result.status === 'failed') return this.#blame(policy, result, input);
    const [outcome] = parseVerdicts(result.text, [policy]);
    return outcome ?? this.#quarantined(policy.name);
  }

  async #call(
    policies: readonly PolicyDescriptor[],
    { requestJson, facts, parameters, deadlineAtMs }: EngineInput,
    { budgetMs, suspect }: { readonly budgetMs: number; readonly suspect: boolean },
  ): Promise<PoolResult> {
    const nowMs = this.#clock.monotonicMs();
    const remainingMs = deadlineAtMs - nowMs;
    if (remainingMs <= 0) return tooLate('no time is left for this request');
    const names = policies.map(({ name }) => name);
    // The same policies together: most likely the same kind of request, and the same fate.
    const combination = names.join();
    let slow = false;
    const document = formatInput({
      requestJson,
      facts,
      parameters: policies.map(({ name, parameters: own }) => [name, parameters[name] ?? own]),
    });
    const allowanceMs = (document.byteLength / BYTES_PER_MIB) * ALLOWANCE_MS_PER_MIB;
    const result = await this.pool.run({
      input: document,
      budgetMs: Math.min(budgetMs + allowanceMs, remainingMs),
      allowanceMs,
      deadlineAtMs,
      isSuspect: () => suspect || (this.#slow.get(combination) ?? 0) >= SLOW_CALLS_SUSPICIOUS,
      isQuarantined: () => names.some((name) => this.#isQuarantined(name)),
      onSlow: () => {
        slow = true;
        this.#slow.set(combination, (this.#slow.get(combination) ?? 0) + 1);
      },
    });
    if (slow) this.#endSlow(combination);
    const cut = result.status === 'failed' && result.code === 'policy_deadline_exceeded';
    // The policy still had time of its own: the request had none. That is not the policy's fault.
    return cut && remainingMs < budgetMs + allowanceMs ? tooLate(result.reason) : result;
  }

  #endSlow(combination: string): void {
    const calls = (this.#slow.get(combination) ?? 1) - 1;
    if (calls === 0) this.#slow.delete(combination);
    else this.#slow.set(combination, calls);
  }

  /** Where several judge together, half of the request's time at most: the other half is for judging one by one. */
  #jointBudgetMs(policies: readonly PolicyDescriptor[], { deadlineAtMs }: EngineInput): number {
    const longestMs = Math.max(...policies.map(({ deadlineMs }) => deadlineMs));
    if (policies.length === 1) return longestMs;
    const halfMs = (deadlineAtMs - this.#clock.monotonicMs()) / 2;
    return Math.min(longestMs, this.#options.deadlineMs, Math.max(1, halfMs));
  }

  #blame(policy: PolicyDescriptor, failure: PoolFailure, input: EngineInput): PolicyOutcome {
    const { logger } = this.#dependencies;
    const { name } = policy;
    const { code, reason } = failure;
    if (code === 'policy_quarantined') return this.#quarantined(name);
    if (!isAboutPolicies(code)) return unavailable(name, failure);
    logger.warn('Policy could not be evaluated', { policy: name, code, reason });
    // Whatever failed quickly cost nothing; what ran into a limit burns a processor each time.
    // Not where the input is large: whoever may write one object could then have the policy refuse everybody.
    if (
      code !== 'policy_evaluation_failed' &&
      input.requestJson.byteLength <= LARGE_INPUT_BYTES &&
      this.#quarantine.recordKill(name, this.#clock.monotonicMs())
    ) {
      logger.error('Policy quarantined because it was ended too often', { policy: name });
    }
    return unavailable(name, failure);
  }

  #isQuarantined(policy: string): boolean {
    return this.#quarantine.endOf(policy, this.#clock.monotonicMs()) !== undefined;
  }

  #quarantined(policy: string): PolicyOutcome {
    const nowMs = this.#clock.monotonicMs();
    const seconds = Math.ceil(((this.#quarantine.endOf(policy, nowMs) ?? nowMs) - nowMs) / 1000);
    return {
      status: 'unavailable',
      policy,
      code: 'policy_quarantined',
      reason: `it was ended too often; it is evaluated again in ${seconds} s`,
    };
  }
}

const BYTES_PER_MIB = 1024 * 1024;
/** Larger than nearly every object of a cluster; what is beyond is one writer's doing, not the policy's. */
const LARGE_INPUT_BYTES = 256 * 1024;

type PoolFailure = Extract<PoolResult, { status: 'failed' }>;

/** Whether a failed joint call may be one policy's doing. */
function isAboutPolicies(code: PoolFailureCode): boolean {
  return code !== 'policy_queue_full' && code !== 'request_deadline_exceeded';
}

function tooLate(reason: string): PoolFailure {
  return { status: 'failed', code: 'request_deadline_exceeded', reason };
}

function unavailable(policy: string, { code, reason }: PoolFailure): PolicyOutcome {
  return { status: 'unavailable', policy, code, reason };
}
