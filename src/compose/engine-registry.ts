/** The engines in force: one per bundle. A new bundle gets an engine of its own, so that no review sees half of a change. */
import { join } from 'node:path';
import { formatShellWord } from '../base/format-shell-word.ts';
import { PACKAGE_FOLDER } from '../base/package-folder.ts';
import type { Configuration } from '../config/schema.ts';
import { HoldfastError } from '../errors.ts';
import { findUnknownPolicies } from '../policy/decide-mode.ts';
import { createPolicyEngine, type RunningPolicyEngine } from '../policy/engine.ts';
import { loadBundle } from '../policy/load-bundle.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface EngineRegistryOptions {
  /** The bundle that judges where the configuration names none. Built already: a serving process never compiles. */
  readonly defaultBundleFolder?: string | undefined;
}

export interface EngineRegistryDependencies {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Owns the engines: makes them, hands them out, and ends those that no longer judge. */
export class EngineRegistry {
  readonly #defaultBundleFolder: string | undefined;
  readonly #dependencies: EngineRegistryDependencies;
  readonly #engines = new Map<string, RunningPolicyEngine>();
  #retiring: NodeJS.Timeout | undefined;
  #publish: () => void = () => undefined;

  constructor(
    { defaultBundleFolder }: EngineRegistryOptions,
    dependencies: EngineRegistryDependencies,
  ) {
    this.#defaultBundleFolder = defaultBundleFolder;
    this.#dependencies = dependencies;
    dependencies.metrics.beforeExposition(() => {
      this.#publish();
    });
  }

  /** The engine for the configured policies; the one that runs where they have not changed. */
  async load({ policies, engine: limits }: Configuration): Promise<RunningPolicyEngine> {
    const { logger, metrics } = this.#dependencies;
    const bundle = await loadBundle(policies.bundle ?? this.#defaultBundle());
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

  #defaultBundle(): string {
    if (this.#defaultBundleFolder !== undefined) return this.#defaultBundleFolder;
    const sources = formatShellWord(join(PACKAGE_FOLDER, 'policies'));
    throw new HoldfastError(
      'policy_bundle_missing',
      `The configuration names no policy bundle, and this copy of Holdfast carries none. Run "holdfast policy build ${sources} --output policies-bundle", and set policies.bundle to that folder`,
    );
  }

  // A misspelt name would configure nothing, in silence.
  #warnOfUnknown(policies: Configuration['policies'], known: readonly string[]): void {
    for (const policy of findUnknownPolicies(policies, known)) {
      this.#dependencies.logger.warn('The configuration names a policy that does not exist', {
        policy,
        known,
      });
    }
  }
}
