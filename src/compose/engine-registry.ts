/**
 * The engines in force: one per bundle. A new bundle gets its own engine, so that no review sees a partial
 * change.
 */
import { join } from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { formatShellWord } from '../base/format-shell-word.ts';
import { PACKAGE_FOLDER } from '../base/package-folder.ts';
import { systemWait, type Wait } from '../base/wait.ts';
import type { Configuration } from '../config/schema.ts';
import { HoldfastError } from '../errors.ts';
import { RefusedConfiguration } from '../config/refused-configuration.ts';
import { classifyCapabilityUse } from '../policy/capabilities/classify-capability-use.ts';
import type { CapabilityRule } from '../policy/capabilities/settings.ts';
import {
  createPolicyEngine,
  type EngineDependencies,
  type RunningPolicyEngine,
} from '../policy/engine.ts';
import { findSettingProblems } from '../policy/find-setting-problems.ts';
import type { PolicyBundle } from '../policy/load-bundle.ts';
import type { EngineSettings } from '../policy/settings.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { listSharedParameters } from './bind-parameters.ts';
import { loadConfiguredBundle } from './load-configured-bundle.ts';
import { RetiredThreads } from './retired-threads.ts';

export interface EngineRegistryOptions {
  /** The bundle that is used if the configuration names none. Already built: a serving process never compiles. */
  readonly defaultBundleFolder?: string | undefined;
  /** Where the credential of a server of bundles may be. @default none */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * Whether each policy of a bundle is evaluated once before it judges. A command whose answer is about an evaluation that fails has no
   * use for that. @default true
   */
  readonly isSelfTested?: boolean;
}

export interface EngineRegistryDependencies extends Pick<EngineDependencies, 'onEvaluation'> {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** @default that of this machine */
  readonly wait?: Wait;
}

/** An engine with what it was made of. */
interface LoadedEngine {
  readonly engine: RunningPolicyEngine;
  readonly bundle: PolicyBundle;
  /** Sets the metrics of the engine. */
  readonly report: () => void;
  readonly close: () => Promise<void>;
}

/** Owns the engines: creates them, returns them, and closes unused ones. */
export class EngineRegistry {
  readonly #defaultBundleFolder: string | undefined;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #isSelfTested: boolean;
  readonly #dependencies: EngineRegistryDependencies;
  /** By revision and by what its policies may use. */
  readonly #engines = new Map<string, LoadedEngine>();
  readonly #retired: RetiredThreads;
  #active: LoadedEngine | undefined;

  constructor(
    { defaultBundleFolder, environment = {}, isSelfTested = true }: EngineRegistryOptions,
    dependencies: EngineRegistryDependencies,
  ) {
    this.#defaultBundleFolder = defaultBundleFolder;
    this.#environment = environment;
    this.#isSelfTested = isSelfTested;
    this.#dependencies = dependencies;
    this.#retired = new RetiredThreads(dependencies.wait ?? systemWait);
    dependencies.metrics.beforeExposition(() => {
      this.#active?.report();
    });
  }

  /** The engine for the configured policies; the running one if they have not changed. */
  async load(configuration: Configuration): Promise<RunningPolicyEngine> {
    const loaded = await this.#load(configuration);
    this.#active ??= loaded;
    return loaded.engine;
  }

  /**
   * Loads the engine of another configuration, which `activate` puts into force, and closes every other engine after the deadline of the
   * reviews that it started: each at its own time, or whoever changes policies again and again would keep all of them. Where something
   * else of the configuration is unusable, it is the new one that is closed.
   */
  async replace(
    configuration: Configuration,
    activate: (engine: RunningPolicyEngine) => Promise<void>,
  ): Promise<RunningPolicyEngine> {
    const loaded = await this.#load(configuration);
    try {
      await activate(loaded.engine);
      this.#active = loaded;
      return loaded.engine;
    } finally {
      this.#retireOthers();
    }
  }

  /** Starts and tests the engine of a bundle that is about to be configured, beside the one in force. */
  async prepare(bundle: PolicyBundle, configuration: Configuration): Promise<void> {
    this.#checkSettings(configuration, bundle);
    await this.#find(bundle, configuration);
  }

  async close(): Promise<void> {
    const engines = [...this.#engines.values()];
    await Promise.all([this.#retired.close(), ...engines.map((loaded) => loaded.close())]);
  }

  async #load(configuration: Configuration): Promise<LoadedEngine> {
    const bundle = await this.#loadBundle(configuration);
    this.#checkSettings(configuration, bundle);
    return await this.#find(bundle, configuration);
  }

  async #find(
    bundle: PolicyBundle,
    { policies: { capabilities }, engine: limits }: Configuration,
  ): Promise<LoadedEngine> {
    refuseCapabilities(bundle, capabilities);
    const key = `${bundle.manifest.revision} ${canonicalJson(capabilities)}`;
    const running = this.#engines.get(key);
    if (running !== undefined) {
      this.#retired.recall(running);
      return running;
    }
    const loaded = await this.#start(bundle, { limits, capabilities, key });
    // Also at a start: a replica that cannot judge must not take the place of one that does.
    if (this.#isSelfTested) await requireSelfTest(loaded);
    this.#engines.set(key, loaded);
    return loaded;
  }

  #retireOthers(): void {
    for (const loaded of this.#engines.values()) {
      if (loaded === this.#active || this.#retired.has(loaded)) continue;
      void this.#retired.retire(loaded);
    }
  }

  async #start(
    bundle: PolicyBundle,
    { limits, capabilities, key }: StartOptions,
  ): Promise<LoadedEngine> {
    const { logger, metrics, onEvaluation } = this.#dependencies;
    let report = (): void => undefined;
    const engine = await createPolicyEngine(bundle, limits, {
      logger,
      onEvaluation,
      capabilities,
      // Only the active engine exposes metrics; a registration cannot be undone.
      metrics: { ...metrics, beforeExposition: (update) => (report = update) },
    });
    return {
      engine,
      bundle,
      report: () => {
        report();
      },
      close: () => {
        // First, so that nobody is given an engine that is closing.
        this.#engines.delete(key);
        return engine.close();
      },
    };
  }

  async #loadBundle(configuration: Configuration): Promise<PolicyBundle> {
    const { metrics } = this.#dependencies;
    try {
      const bundle = await loadConfiguredBundle(configuration, {
        defaultBundle: () => this.#defaultBundle(),
        environment: this.#environment,
        known: [...this.#engines.values()].map((loaded) => loaded.bundle),
      });
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

  /**
   * Throws for parameters that the policies do not have, and for labels that nobody keeps. A policy that is not there may come with
   * the next bundle: that is only told.
   */
  #checkSettings(configuration: Configuration, { manifest }: PolicyBundle): void {
    const problems = findSettingProblems(configuration.policies, {
      descriptors: manifest.policies,
      sharedNames: listSharedParameters(configuration),
    });
    for (const { about, message, remedy } of problems) {
      if (about === 'policy') this.#dependencies.logger.warn(message, { remedy });
    }
    const refused = problems.filter(({ about }) => about !== 'policy');
    if (refused.length === 0) return;
    throw new RefusedConfiguration(
      refused.map(({ path, message, remedy }) => ({
        path: ['policies', ...path],
        message,
        remedy,
      })),
    );
  }
}

interface StartOptions {
  readonly limits: EngineSettings;
  readonly capabilities: readonly CapabilityRule[];
  readonly key: string;
}

/** By what the module imports and by which facts are gathered for its policies, and not by what it says of itself. */
function refuseCapabilities(
  { manifest: { policies, revision }, requiredBuiltins: required }: PolicyBundle,
  capabilities: readonly CapabilityRule[],
): void {
  const uses = classifyCapabilityUse({ policies, required }, capabilities);
  if (uses.length === 0) return;
  throw new HoldfastError(
    'policy_capability_refused',
    `The bundle ${revision.slice(0, 12)} uses what policies.capabilities does not allow: ${uses.join('; ')}`,
  );
}

async function requireSelfTest({ engine, close }: LoadedEngine): Promise<void> {
  const failure = await engine.selfTest();
  if (failure === undefined) return;
  await close();
  throw new HoldfastError(
    'policy_bundle_failed_self_test',
    `The policy "${failure.policy}" of the bundle ${engine.revision.slice(0, 12)} cannot be evaluated: ${failure.reason}`,
  );
}
