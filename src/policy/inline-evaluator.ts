/**
 * Evaluates on the admission thread, which saves the way to a worker and back: more than most evaluations take.
 *
 * The thread must not be blocked, so the module is metered: it ends by itself when its fuel is used up. Whatever goes
 * wrong here has no effect but time: a worker then judges the same request, with the real deadline. The policies that took
 * part get only smaller inputs here for a while, so that none can block this thread often.
 */
import type { MonotonicMs } from '../base/clock.ts';
import { errorText } from '../base/error-details.ts';
import { nextTurn } from '../base/run-steps.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { InlineLimits } from './inline-limits.ts';
import { ENGINE_LIMITS } from './settings.ts';
import { meterModule } from './wasm/fuel/meter-module.ts';
import { loadRequiredBuiltins } from './wasm/load-required-builtins.ts';
import { EvaluationError, WasmHost, type EvaluationContext } from './wasm/wasm-host.ts';

export interface InlineEvaluatorOptions {
  /** The module that the workers run, as it was compiled. */
  readonly moduleBytes: Uint8Array;
  readonly data: Readonly<Record<string, unknown>>;
  readonly monotonicMs: () => MonotonicMs;
}

export interface InlineEvaluatorDependencies {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** How long the rewriting of the module may occupy the thread at a time. */
const SLICE_MS = 1;
const FUEL = ENGINE_LIMITS['engine.inlineFuel'].default;
const MEMORY_PAGES_MAX = ENGINE_LIMITS['engine.inlineMemoryPagesMax'].default;

/** One bundle's evaluator on this thread. */
export class InlineEvaluator {
  readonly #dependencies: InlineEvaluatorDependencies;
  readonly #limits = new InlineLimits();
  readonly #monotonicMs: () => MonotonicMs;
  /** Until the module is metered. */
  #options: InlineEvaluatorOptions | undefined;
  #host: WasmHost | undefined;
  #isPreparing = false;

  constructor(options: InlineEvaluatorOptions, dependencies: InlineEvaluatorDependencies) {
    this.#options = options;
    this.#monotonicMs = options.monotonicMs;
    this.#dependencies = dependencies;
  }

  /** The result as text; `undefined` where a worker must judge. The first call starts the preparation. */
  evaluate(
    policies: readonly string[],
    input: Uint8Array,
    context: EvaluationContext,
  ): string | undefined {
    const host = this.#host;
    if (host === undefined) {
      this.#prepareOnce();
      return undefined;
    }
    if (!this.#limits.allows(policies, input.byteLength, this.#monotonicMs())) return undefined;
    try {
      return host.evaluate([input], context);
    } catch (fault) {
      this.#leaveToWorkers(policies, input.byteLength, fault);
      return undefined;
    }
  }

  /** Whether such an evaluation did not complete here a while ago, or just now: a worker may take long for it, too. */
  mayRunLong(policies: readonly string[], inputBytes: number): boolean {
    return this.#limits.isLowered(policies, inputBytes, this.#monotonicMs());
  }

  /** Nothing is prepared or evaluated afterwards. */
  close(): void {
    this.#options = undefined;
    this.#host = undefined;
  }

  #leaveToWorkers(policies: readonly string[], inputBytes: number, fault: unknown): void {
    const { logger, metrics } = this.#dependencies;
    // A host that could not be renewed either.
    if (!(fault instanceof EvaluationError)) this.close();
    const inlineBytesMax = this.#limits.lower(policies, inputBytes, this.#monotonicMs());
    const reason = (fault instanceof EvaluationError ? fault.exceeded : undefined) ?? 'failure';
    metrics.increment('holdfast_engine_inline_fallbacks_total', { reason });
    logger.info('Policies are evaluated by workers for some time', {
      policies,
      inlineBytesMax,
      reason: errorText(fault),
    });
  }

  #prepareOnce(): void {
    if (this.#isPreparing || this.#options === undefined) return;
    this.#isPreparing = true;
    void this.#prepare(this.#options).catch((fault: unknown) => {
      this.close();
      const { logger, metrics } = this.#dependencies;
      metrics.increment('holdfast_engine_inline_fallbacks_total', { reason: 'module' });
      logger.warn('Every policy is evaluated by workers: the module cannot be metered', {
        reason: errorText(fault),
      });
    });
  }

  async #prepare({ moduleBytes, data, monotonicMs }: InlineEvaluatorOptions): Promise<void> {
    const rewriting = meterModule(moduleBytes);
    let step = rewriting.next();
    while (step.done !== true) {
      await nextTurn();
      if (this.#options === undefined) return;
      const untilMs = monotonicMs() + SLICE_MS;
      while (step.done !== true && monotonicMs() < untilMs) step = rewriting.next();
    }
    const module = await WebAssembly.compile(step.value);
    const builtins = await loadRequiredBuiltins(module);
    if (this.#options === undefined) return;
    this.#options = undefined;
    this.#host = new WasmHost(module, {
      memoryPagesMax: MEMORY_PAGES_MAX,
      data,
      builtins,
      fuel: FUEL,
    });
  }
}
