/**
 * The configuration file while the process runs: a valid change is applied, an invalid one is reported and
 * changes nothing.
 */
import type { LoadedConfiguration } from '../config/load.ts';
import { formatConfigurationProblem } from '../config/problem.ts';
import { watchConfiguration } from '../config/reload.ts';
import type { Configuration } from '../config/schema.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface FollowOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Applies a valid configuration atomically; throws if it cannot. */
  readonly apply: (configuration: Configuration) => Promise<void>;
}

export interface ConfigurationFollower {
  /** The changed settings that wait for a restart, for people. */
  readonly problem: () => string | undefined;
  readonly close: () => Promise<void>;
}

/** Starts to watch the file; close it to stop. */
export async function followConfiguration(
  loaded: LoadedConfiguration,
  { logger, metrics, apply }: FollowOptions,
): Promise<ConfigurationFollower> {
  let waiting: readonly string[] = [];
  const reloader = await watchConfiguration(loaded, {
    apply: async ({ configuration }) => {
      await apply(configuration);
    },
    observer: {
      applied: ({ file, hash }, restartSettings) => {
        metrics.increment('holdfast_configuration_reloads_total', { outcome: 'loaded' });
        metrics.set('holdfast_configuration_restart_settings', restartSettings.length);
        waiting = restartSettings;
        logger.info('Loaded the changed configuration', { file, hash });
        if (restartSettings.length > 0) {
          logger.warn('Some changed settings take effect only after a restart', {
            settings: restartSettings,
          });
        }
      },
      rejected: (problems) => {
        metrics.increment('holdfast_configuration_reloads_total', { outcome: 'failed' });
        logger.error('The changed configuration is invalid; the last good one stays in force', {
          code: 'configuration_reload_failed',
          problems: problems.map(formatConfigurationProblem),
        });
      },
    },
  });
  return {
    problem: () =>
      waiting.length === 0 ? undefined : `${waiting.join(', ')} changed: restart to apply`,
    close: () => reloader.close(),
  };
}
