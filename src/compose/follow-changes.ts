/** Changes while the process runs: of the configuration, and of the policy bundle that it names. */
import type { LoadedConfiguration } from '../config/load.ts';
import type { Configuration } from '../config/schema.ts';
import type { PolicyBundle } from '../policy/load-bundle.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { BundleFollower } from './follow-bundle.ts';
import { followConfiguration } from './follow-configuration.ts';
import type { InForce } from './serve.ts';

export interface FollowedChanges {
  readonly loaded: LoadedConfiguration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly inForce: InForce;
  /** Starts and tests the policies of a new bundle beside those in force; throws if they cannot judge. */
  readonly prepare: (bundle: PolicyBundle) => Promise<void>;
  /** Puts a configuration in force; throws if it cannot. */
  readonly apply: (configuration: Configuration) => Promise<void>;
  /** Told at once how each part is stopped. */
  readonly onStarted: (stop: () => Promise<void>) => void;
}

/** Starts to follow both, and lets `inForce` tell their problems. */
export async function followChanges(changes: FollowedChanges): Promise<void> {
  const { inForce, loaded, onStarted } = changes;
  // Each from what the change before has left, which only its turn tells.
  const apply = inTurn((read: () => Configuration) => changes.apply(read()));
  const bundles = new BundleFollower({
    ...changes,
    reload: () => apply(() => inForce.configuration),
  });
  onStarted(() => bundles.close());
  const follower = await followConfiguration(loaded, {
    ...changes,
    apply: async (next) => {
      await apply(() => next);
      await bundles.follow(next);
    },
  });
  onStarted(() => follower.close());
  await bundles.follow(inForce.configuration);
  inForce.bundleProblem = () => bundles.problem();
  inForce.problem = follower.problem;
}

/** The configuration and the bundle may change at once: one change after the other. */
function inTurn<Value>(run: (value: Value) => Promise<void>): (value: Value) => Promise<void> {
  let before: Promise<unknown> = Promise.resolve();
  return async (value) => {
    const own = before.then(() => run(value));
    before = own.catch(() => undefined);
    await own;
  };
}
