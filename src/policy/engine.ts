/**
 * The policy engine: all matching policies in one call; if that call fails, one by one, so that only the policy at
 * fault is unavailable. A policy that is terminated too often is unavailable only for the cause at fault.
 */
import { type Clock, type MonotonicMs, systemClock } from '../base/clock.ts';
import { printable } from '../base/printable.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { CapabilityGroups } from './capabilities/capability-groups.ts';
import type { CapabilityRule } from './capabilities/settings.ts';
import type { PolicyDescriptor } from './descriptor.ts';
import { builtinRulesOf, type BuiltinRules } from './wasm/builtin-rules.ts';
import { formatInput } from './wasm/format-input.ts';
import { EvaluationTurns } from './evaluation-turns.ts';
import { InlineEvaluator } from './inline-evaluator.ts';
import { InventoryParts } from './gatekeeper/inventory-parts.ts';
import { InputPlans } from './input-plans.ts';
import type { PolicyBundle } from './load-bundle.ts';
import type { Manifest } from './manifest.ts';
import type { PolicyOutcome } from './outcome.ts';
import { ALLOWANCE_MS_PER_MIB } from './pool-timing.ts';
import { parseVerdicts } from './parse-verdicts.ts';
import { Quarantine, type Standing } from './quarantine.ts';
import type { PoolFailureCode, PoolResult } from './pool-job.ts';
import type { RequestCause } from './request-cause.ts';
import { selfTest, type SelfTestFailure } from './self-test.ts';
import { ENGINE_LIMITS, type EngineSettings } from './settings.ts';
import { SlowCalls } from './slow-calls.ts';
import type { RequestOutline } from './wasm/prune-json.ts';
import { WorkerPool } from './worker-pool.ts';

export interface EngineDependencies {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** @default systemClock */
  readonly clock?: Clock;
  /** Told where each call is evaluated, for traces. */
  readonly onEvaluation?: ((place: EvaluationPlace) => void) | undefined;
  /** What policies may use. @default everything */
  readonly capabilities?: readonly CapabilityRule[] | undefined;
}

/** On the admission thread, or in a worker. */
export type EvaluationPlace = 'inline' | 'worker';

/** One call into the policies: the same shape as in `admission/ports.ts`, which this engine serves. */
export interface EngineInput {
  readonly policies: readonly PolicyDescriptor[];
  readonly requestJson: Uint8Array;
  readonly requestOutline?: RequestOutline | undefined;
  readonly cause: RequestCause;
  readonly facts: object;
  readonly parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly deadlineAtMs: MonotonicMs;
}

/** A part of a call, of policies that may use the same. */
interface JudgedInput extends EngineInput, BuiltinRules {
  /** Whether the call is alone, where it has several parts: another part of it is no company. @default asked of each evaluation */
  readonly isAlone?: boolean | undefined;
}

/** An engine that can be closed, and whose policies can be replaced without dropping a request. */
export interface RunningPolicyEngine {
  readonly revision: string;
  readonly descriptors: readonly PolicyDescriptor[];
  /** One outcome for each policy of the input, in the same order. Never rejects. */
  readonly evaluate: (input: EngineInput) => Promise<readonly PolicyOutcome[]>;
  /** Evaluates every policy once in a worker; the first that cannot be, with the reason. */
  readonly selfTest: () => Promise<SelfTestFailure | undefined>;
  /** Resolves when the new policies are active; current requests finish with the old ones. */
  readonly replaceBundle: (bundle: EvaluatedBundle) => Promise<void>;
  /** Finishes current requests, then ends all workers. */
  readonly close: () => Promise<void>;
}

/** What is evaluated; how it was verified does not matter here. */
export type EvaluatedBundle = Omit<PolicyBundle, 'requiredBuiltins' | 'signature'>;

/** Starts the workers; resolves when all of them are ready. */
export async function createPolicyEngine(
  bundle: EvaluatedBundle,
  options: EngineSettings,
  dependencies: EngineDependencies,
): Promise<RunningPolicyEngine> {
  const { clock = systemClock } = dependencies;
  let generation = await startGeneration(bundle, options, dependencies);
  dependencies.metrics.beforeExposition(() => generation.report());
  return {
    get revision() {
      return generation.manifest.revision;
    },
    get descriptors() {
      return generation.manifest.policies;
    },
    evaluate: (input) => generation.evaluate(input),
    selfTest: () => {
      const { pool, manifest, capabilities } = generation;
      const builtinsOf = (policy: PolicyDescriptor) => capabilities.builtinsOf(policy);
      return selfTest(pool, manifest.policies, { clock, builtinsOf });
    },
    replaceBundle: async (next) => {
      const successor = await startGeneration(next, options, dependencies);
      const predecessor = generation;
      generation = successor;
      await predecessor.drain();
    },
    close: () => generation.drain(),
  };
}

async function startGeneration(
  bundle: EvaluatedBundle,
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

/** The state of one bundle: its workers and its record of terminations. */
class Generation {
  readonly manifest: Manifest;
  readonly pool: WorkerPool;
  readonly capabilities: CapabilityGroups;
  readonly #inline: InlineEvaluator;
  readonly #turns = new EvaluationTurns();
  readonly #dependencies: EngineDependencies;
  readonly #options: EngineSettings;
  readonly #quarantine: Quarantine;
  readonly #clock: Clock;
  readonly #slow = new SlowCalls();
  readonly #plans = new InputPlans();
  readonly #inventory = new InventoryParts();
  /** Evaluations of several policies, modulo `APART_EVERY`. */
  #joint = 0;

  constructor(
    { manifest, module, moduleBytes }: EvaluatedBundle,
    options: EngineSettings,
    dependencies: EngineDependencies,
  ) {
    const { logger, metrics, clock = systemClock, capabilities = [] } = dependencies;
    const { data } = manifest;
    this.manifest = manifest;
    this.capabilities = new CapabilityGroups(capabilities);
    this.#dependencies = dependencies;
    this.#options = options;
    this.#clock = clock;
    this.#quarantine = new Quarantine({
      afterKills: options.quarantineAfterKills,
      afterParties: ENGINE_LIMITS['engine.quarantineAfterParties'].default,
      causesMax: ENGINE_LIMITS['engine.quarantineCausesMax'].default,
      windowMs: ENGINE_LIMITS['engine.quarantineWindowMs'].default,
      quarantineMs: options.quarantineMs,
    });
    const { monotonicMs } = clock;
    this.#inline = new InlineEvaluator({ moduleBytes, data, monotonicMs }, dependencies);
    this.pool = new WorkerPool(
      {
        module,
        data,
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

  /** Finishes current requests, then ends all workers. */
  async drain(): Promise<void> {
    this.#inline.close();
    await this.pool.drain();
  }

  report(): void {
    const { metrics } = this.#dependencies;
    metrics.set('holdfast_engine_queue_length', this.pool.queueLength);
    const counts = this.#quarantine.count(this.#clock.monotonicMs());
    metrics.set('holdfast_engine_quarantined', counts.cause, { scope: 'cause' });
    metrics.set('holdfast_engine_quarantined', counts.policy, { scope: 'policy' });
  }

  async evaluate(input: EngineInput): Promise<readonly PolicyOutcome[]> {
    const { metrics } = this.#dependencies;
    const startedAtMs = this.#clock.monotonicMs();
    const outcomes = await this.#judgeInGroups(input);
    const seconds = (this.#clock.monotonicMs() - startedAtMs) / MS_PER_SECOND;
    metrics.observe('holdfast_engine_call_duration_seconds', seconds);
    for (const outcome of outcomes) {
      if (outcome.status !== 'unavailable') continue;
      metrics.increment('holdfast_engine_failures_total', { code: outcome.code });
    }
    return outcomes;
  }

  /** What policies may use differs, and what the failure of a built-in function does: none gets in its call what only another may have. */
  async #judgeInGroups(input: EngineInput): Promise<readonly PolicyOutcome[]> {
    const parts: readonly JudgedInput[] = this.capabilities.split(input);
    const isAlone = parts.length > 1 ? this.#turns.enter() : undefined;
    const judged = await Promise.all(
      parts.map((part) => this.#judge(part.policies, { ...part, isAlone })),
    );
    const [only = [], ...more] = judged;
    if (more.length === 0) return only;
    const byName = new Map(judged.flat().map((outcome) => [outcome.policy, outcome]));
    return input.policies.map(({ name }) => byName.get(name) ?? this.#quarantined(name, input));
  }

  /** Policies in quarantine are unavailable at once; the others are evaluated together. */
  async #judge(
    policies: readonly PolicyDescriptor[],
    input: JudgedInput,
  ): Promise<readonly PolicyOutcome[]> {
    const free = policies.filter(({ name }) => this.#standing(name, input).status === 'free');
    if (free.length === policies.length) return this.#judgeTogether(policies, input);
    const tried = policies.filter(({ name }) => this.#standing(name, input).status === 'trial');
    const [judged, ...trials] = await Promise.all([
      free.length === 0 ? [] : this.#judgeTogether(free, input),
      ...tried.map((policy) => this.#try(policy, input)),
    ]);
    const byName = new Map([...judged, ...trials].map((outcome) => [outcome.policy, outcome]));
    return policies.map(({ name }) => byName.get(name) ?? this.#quarantined(name, input));
  }

  /** Whether a policy that is in quarantine for everybody finishes for a cause it was never ended for. */
  async #try(policy: PolicyDescriptor, input: JudgedInput): Promise<PolicyOutcome> {
    this.#quarantine.beginTrial(policy.name);
    try {
      return await this.#judgeAlone(policy, input, { suspect: true, trial: true });
    } finally {
      this.#quarantine.endTrial(policy.name);
    }
  }

  async #judgeTogether(
    policies: readonly PolicyDescriptor[],
    input: JudgedInput,
  ): Promise<readonly PolicyOutcome[]> {
    if (policies.length > 1) {
      this.#joint = (this.#joint + 1) % APART_EVERY;
      if (this.#joint === 0) return this.#judgeEach(policies, input, { suspect: false });
    }
    const result = await this.#call(policies, input, {
      budgetMs: this.#jointBudgetMs(policies, input),
      suspect: false,
    });
    if (result.status === 'completed') {
      this.#recordFinish(policies, input);
      return parseVerdicts(result.text, policies);
    }
    const { code, reason } = result;
    if (code === 'policy_quarantined') return this.#judge(policies, input);
    const [alone] = policies;
    if (policies.length === 1 && alone) return [this.#blame(alone, result, input)];
    if (!isAboutPolicies(code)) return policies.map(({ name }) => unavailable(name, result));
    this.#dependencies.logger.debug('Evaluating policies one by one', { code, reason });
    return this.#judgeEach(policies, input, { suspect: code !== 'policy_evaluation_failed' });
  }

  #judgeEach(
    policies: readonly PolicyDescriptor[],
    input: JudgedInput,
    options: Omit<CallOptions, 'budgetMs'>,
  ): Promise<readonly PolicyOutcome[]> {
    const each = { ...input, isAlone: undefined };
    return Promise.all(policies.map((policy) => this.#judgeAlone(policy, each, options)));
  }

  async #judgeAlone(
    policy: PolicyDescriptor,
    input: JudgedInput,
    options: Omit<CallOptions, 'budgetMs'>,
  ): Promise<PolicyOutcome> {
    const budgetMs = policy.deadlineMs;
    const result = await this.#call([policy], input, { budgetMs, ...options });
    if (result.status === 'failed') return this.#blame(policy, result, input);
    this.#recordFinish([policy], input);
    const [outcome] = parseVerdicts(result.text, [policy]);
    return outcome ?? this.#quarantined(policy.name, input);
  }

  #recordFinish(policies: readonly PolicyDescriptor[], { cause }: JudgedInput): void {
    const nowMs = this.#clock.monotonicMs();
    for (const { name } of policies) this.#quarantine.recordFinish(name, cause, nowMs);
  }

  async #call(
    policies: readonly PolicyDescriptor[],
    input: JudgedInput,
    options: CallOptions,
  ): Promise<PoolResult> {
    const result = await this.#evaluate(policies, input, options);
    const [alone] = policies;
    if (result.status === 'completed' && policies.length === 1 && alone !== undefined) {
      const labels = { policy: alone.name };
      const { metrics } = this.#dependencies;
      metrics.observe('holdfast_policy_duration_seconds', result.ranMs / MS_PER_SECOND, labels);
    }
    return result;
  }

  async #evaluate(
    policies: readonly PolicyDescriptor[],
    input: JudgedInput,
    { budgetMs, suspect, trial = false }: CallOptions,
  ): Promise<PoolResult> {
    const { requestJson, requestOutline, parameters, deadlineAtMs } = input;
    if (deadlineAtMs <= this.#clock.monotonicMs()) {
      return tooLate('no time is left for this request');
    }
    const names = policies.map(({ name }) => name);
    const combination = names.join();
    const facts = this.#inventory.narrow(input.facts, combination, policies);
    const given = { configured: parameters, facts };
    const { pruning, parametersJson } = this.#plans.find(combination, policies, given);
    const parts = { requestJson, requestOutline, pruning, facts, parametersJson };
    const document = formatInput(parts);
    const isAlone = (input.isAlone ?? this.#turns.enter()) && this.pool.isIdleOrStuck;
    const startedAtMs = this.#clock.monotonicMs();
    // Its fuel would end what may never end, too, but only after this thread was blocked for nothing.
    const text =
      isAlone && !suspect
        ? this.#inline.evaluate(names, document, {
            ...builtinRulesOf(input),
            nowMs: this.#clock.wallMs(),
          })
        : undefined;
    const place = text === undefined ? 'worker' : 'inline';
    const { metrics, onEvaluation } = this.#dependencies;
    metrics.increment('holdfast_engine_evaluations_total', { place });
    if (onEvaluation !== undefined) onEvaluation(place);
    if (text !== undefined) {
      return { status: 'completed', text, ranMs: this.#clock.monotonicMs() - startedAtMs };
    }
    return this.#runInWorker({ names, combination, document }, input, { budgetMs, suspect, trial });
  }

  async #runInWorker(
    { names, combination, document }: EvaluatedDocument,
    input: JudgedInput,
    { budgetMs, suspect, trial }: Required<CallOptions>,
  ): Promise<PoolResult> {
    const { cause, deadlineAtMs } = input;
    const remainingMs = deadlineAtMs - this.#clock.monotonicMs();
    let endSlow: (() => void) | undefined;
    const allowanceMs = (document.byteLength / BYTES_PER_MIB) * ALLOWANCE_MS_PER_MIB;
    const result = await this.pool.run({
      input: document,
      ...builtinRulesOf(input),
      isLong: this.#inline.mayRunLong(names, document.byteLength),
      budgetMs: Math.min(budgetMs + allowanceMs, remainingMs),
      allowanceMs,
      deadlineAtMs,
      isSuspect: () => suspect || this.#slow.isSuspect(combination, cause),
      isQuarantined: () =>
        !trial && names.some((name) => this.#standing(name, input).status !== 'free'),
      onSlow: () => {
        endSlow = this.#slow.begin(combination, cause);
      },
    });
    endSlow?.();
    const cut = result.status === 'failed' && result.code === 'policy_deadline_exceeded';
    // The request's deadline passed before the policy's: not the policy's fault.
    return cut && remainingMs < budgetMs + allowanceMs ? tooLate(result.reason) : result;
  }

  /**
   * A joint evaluation gets at most half of the request's time: the other half is for the evaluation one by
   * one.
   */
  #jointBudgetMs(policies: readonly PolicyDescriptor[], { deadlineAtMs }: JudgedInput): number {
    const longestMs = Math.max(...policies.map(({ deadlineMs }) => deadlineMs));
    if (policies.length === 1) return longestMs;
    const halfMs = (deadlineAtMs - this.#clock.monotonicMs()) / 2;
    return Math.min(longestMs, this.#options.deadlineMs, Math.max(1, halfMs));
  }

  #blame(policy: PolicyDescriptor, failure: PoolFailure, input: JudgedInput): PolicyOutcome {
    const { logger } = this.#dependencies;
    const { name } = policy;
    const { code, reason } = failure;
    if (code === 'policy_quarantined') return this.#quarantined(name, input);
    if (!isAboutPolicies(code)) return unavailable(name, failure);
    logger.warn('Policy could not be evaluated', { policy: name, code, reason });
    // A fast failure is cheap; a policy that runs into a limit costs CPU time each time.
    if (code === 'policy_evaluation_failed') return unavailable(name, failure);
    const scope = this.#quarantine.recordKill(name, input.cause, this.#clock.monotonicMs());
    if (scope === 'policy') {
      logger.error('Policy quarantined because it was ended too often', { policy: name });
    } else if (scope === 'cause') {
      const { cause } = input;
      logger.error('Policy quarantined for one cause, for which it was ended too often', {
        policy: name,
        ...cause,
      });
    }
    return unavailable(name, failure);
  }

  #standing(policy: string, { cause }: JudgedInput): Standing {
    return this.#quarantine.standing(policy, cause, this.#clock.monotonicMs());
  }

  #quarantined(policy: string, input: JudgedInput): PolicyOutcome {
    const nowMs = this.#clock.monotonicMs();
    const standing = this.#standing(policy, input);
    const untilMs = standing.status === 'quarantined' ? standing.untilMs : nowMs;
    const { username, namespace, resource } = input.cause;
    const isOwn = standing.status === 'quarantined' && standing.scope === 'cause';
    const where = namespace === '' ? resource : `${resource} in namespace ${namespace}`;
    const forWhom = isOwn ? ` for what ${printable(username)} sent to ${where}` : '';
    return {
      status: 'unavailable',
      policy,
      code: 'policy_quarantined',
      reason: `it was ended too often${forWhom}; it is evaluated again in ${Math.ceil((untilMs - nowMs) / 1000)} s`,
    };
  }
}

interface CallOptions {
  readonly budgetMs: number;
  readonly suspect: boolean;
  /** A quarantine for everybody does not stop it. @default false */
  readonly trial?: boolean;
}

/** What the policies of one call are given. */
interface EvaluatedDocument {
  readonly names: readonly string[];
  /** The same policies together: most likely the same kind of request, and the same fate. */
  readonly combination: string;
  readonly document: Uint8Array;
}

const BYTES_PER_MIB = 1024 * 1024;
const MS_PER_SECOND = 1000;
/**
 * Of so many evaluations of several policies, one is made policy by policy: only so is it known how long each takes. Rare enough that
 * no percentile that anybody watches notices.
 */
const APART_EVERY = 256;

type PoolFailure = Extract<PoolResult, { status: 'failed' }>;

/** Whether one policy may have caused the failure of a joint call. */
function isAboutPolicies(code: PoolFailureCode): boolean {
  return code !== 'policy_queue_full' && code !== 'request_deadline_exceeded';
}

function tooLate(reason: string): PoolFailure {
  return { status: 'failed', code: 'request_deadline_exceeded', reason };
}

function unavailable(policy: string, { code, reason }: PoolFailure): PolicyOutcome {
  return { status: 'unavailable', policy, code, reason };
}
