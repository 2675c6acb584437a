/**
 * The engines in force: one per bundle. A new bundle gets its own engine, so that no review sees a partial
 * change.
 */
import { join } from 'node:path';
import { formatShellWord } from '../base/format-shell-word.ts';
import { PACKAGE_FOLDER } from '../base/package-folder.ts';
import type { Configuration } from '../config/schema.ts';
import { HoldfastError } from '../errors.ts';
import { findUnknownPolicies } from '../policy/decide-mode.ts';
import {
  createPolicyEngine,
  type EngineDependencies,
  type RunningPolicyEngine,
} from '../policy/engine.ts';
import type { PolicyBundle } from '../policy/load-bundle.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { loadConfiguredBundle } from './load-configured-bundle.ts';

export interface EngineRegistryOptions {
  /** The bundle that is used if the configuration names none. Already built: a serving process never compiles. */
  readonly defaultBundleFolder?: string | undefined;
}

export interface EngineRegistryDependencies extends Pick<EngineDependencies, 'onEvaluation'> {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Owns the engines: creates them, returns them, and closes unused ones. */
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

  /** The engine for the configured policies; the running one if they have not changed. */
  async load({ policies, engine: limits }: Configuration): Promise<RunningPolicyEngine> {
    const { logger, metrics, onEvaluation } = this.#dependencies;
    const bundle = await this.#loadBundle(policies);
    const { revision } = bundle.manifest;
    this.#warnOfUnknown(
      policies,
      bundle.manifest.policies.map(({ name }) => name),
    );
    const running = this.#engines.get(revision);
    if (running !== undefined) return running;
    const engine = await createPolicyEngine(bundle, limits, {
      logger,
      onEvaluation,
      // Only the active engine exposes metrics; a registration cannot be undone.
      metrics: { ...metrics, beforeExposition: (update) => (this.#publish = update) },
    });
    this.#engines.set(revision, engine);
    return engine;
  }

  /** Closes every other engine after the deadline of the reviews that it started. */
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

  async #loadBundle(policies: Configuration['policies']): Promise<PolicyBundle> {
    const { metrics } = this.#dependencies;
    try {
      const bundle = await loadConfiguredBundle(policies, () => this.#defaultBundle());
      metrics.increment('holdfast_policy_bundle_loads_total', { outcome: 'loaded' });
      return bundle;
    } catch (fault) {
      metrics.increment('holdfast_policy_bundle_loads_total', { outcome: 'refused' });
      throw fault;
    }
  }

  #defaultBundle(): string {
    if (this.#defaultBundleFolder !== undefined) return this.#defaultBundleFolder;
    const sources = formatShellWord(join(PACKAGE_FOLDER, 'policies'));
    throw new HoldfastError(
      'policy_bundle_missing',
      `The configuration names no policy bundle, and this copy of Holdfast carries none. Run "holdfast policy build ${sources} --out policies-bundle", and set policies.bundle to that folder`,
    );
  }

  // A misspelt name would silently configure nothing.
  #warnOfUnknown(policies: Configuration['policies'], known: readonly string[]): void {
    for (const policy of findUnknownPolicies(policies, known)) {
      this.#dependencies.logger.warn('The configuration names a policy that does not exist', {
        policy,
        known,
      });
    }
  }
}
