/** The engines in force: one per bundle. A new bundle gets an engine of its own, so that no review sees half of a change. */
import type { Configuration } from '../config/schema.ts';
import { findUnknownPolicies } from '../policy/decide-mode.ts';
import { createPolicyEngine, type RunningPolicyEngine } from '../policy/engine.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { loadPolicies } from './policy-source.ts';

export interface PolicyHouseOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly progress?: (line: string) => void;
}

/** Owns the engines: makes them, hands them out, and ends those that no longer judge. */
export class PolicyHouse {
  readonly #options: PolicyHouseOptions;
  readonly #engines = new Map<string, RunningPolicyEngine>();
  #retiring: NodeJS.Timeout | undefined;
  #publish: () => void = () => undefined;

  constructor(options: PolicyHouseOptions) {
    this.#options = options;
    options.metrics.beforeExposition(() => {
      this.#publish();
    });
  }

  /** The engine for the configured policies; the one that runs where they have not changed. */
  async load({ policies, engine: limits }: Configuration): Promise<RunningPolicyEngine> {
    const { logger, metrics } = this.#options;
    const bundle = await loadPolicies(policies, this.#options);
    const { revision } = bundle.manifest;
    this.#warnOfUnknown(
      policies,
      bundle.manifest.policies.map(({ name }) => name),
    );
    const running = this.#engines.get(revision);
    if (running !== undefined) return running;
    const engine = await createPolicyEngine(bundle, limits, {
      logger,
      // Only the engine in force is published, and each one would register itself for good.
      metrics: { ...metrics, beforeExposition: (update) => (this.#publish = update) },
    });
    this.#engines.set(revision, engine);
    return engine;
  }

  /** Ends every other engine when the reviews that began with it have had their time. */
  retireOthers(kept: RunningPolicyEngine, afterMs = 30_000): void {
    clearTimeout(this.#retiring);
    this.#retiring = setTimeout(() => {
      for (const [revision, engine] of this.#engines) {
        if (engine === kept) continue;
        this.#engines.delete(revision);
        void engine.close();
      }
    }, afterMs);
    this.#retiring.unref();
  }

  async close(): Promise<void> {
    clearTimeout(this.#retiring);
    await Promise.all([...this.#engines.values()].map((engine) => engine.close()));
  }

  // A misspelt name would configure nothing, in silence.
  #warnOfUnknown(policies: Configuration['policies'], known: readonly string[]): void {
    for (const policy of findUnknownPolicies(policies, known)) {
      this.#options.logger.warn('The configuration names a policy that does not exist', {
        policy,
        known,
      });
    }
  }
}
