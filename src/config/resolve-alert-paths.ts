/** The files that alert targets name, relative to the folder of the configuration. */
import { resolveFiles } from './resolve-sink-paths.ts';
import { alertsSchema, type AlertsConfiguration } from '../alerting/settings.ts';

/** Keys name files by the rule that holds for sinks. */
export function resolveAlertPaths(
  alerts: AlertsConfiguration,
  at: (path: string) => string,
): AlertsConfiguration {
  return alertsSchema.parse({
    ...alerts,
    targets: alerts.targets.map((target) => resolveFiles(target, at)),
  });
}
