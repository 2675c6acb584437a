/** Binds the incident engine: the journal, the targets and leader election. */
import type { AlertTarget } from '../alerting/alert-target.ts';
import { createAlertmanagerTarget } from '../alerting/targets/alertmanager/alertmanager-target.ts';
import { DEFAULT_RULES } from '../alerting/default-rules.ts';
import { IncidentEngine } from '../alerting/incident-engine.ts';
import { createPagerdutyTarget } from '../alerting/targets/pagerduty/pagerduty-target.ts';
import type { JournalReader, StateStore } from '../audit/journal.ts';
import { createHttpTarget } from '../sinks/http/http-target.ts';
import type { Clock } from '../base/clock.ts';
import { systemRandom } from '../base/system-random.ts';
import type { Configuration } from '../config/schema.ts';
import type { AlertTargetSettings, IncidentLink } from '../alerting/settings.ts';
import { readSecret } from '../settings/secret.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Traces } from '../telemetry/tracing/traces.ts';
import { bindElection } from './bind-election.ts';
import { traceTarget } from './trace-deliveries.ts';

export interface AlertDependencies {
  readonly journal: JournalReader & { readonly state: StateStore };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly replica: string;
  /** Absent: messages have no spans. */
  readonly traces?: Traces | undefined;
}

export interface BoundAlerts {
  /** The last entry whose processing is durable: retention may remove it. */
  readonly settledThrough: () => number;
  /** Why incidents are not processed or stored now; never a reason for being unready. */
  readonly problem: () => string | undefined;
  readonly close: () => Promise<void>;
}

type AlertsConfiguration = Pick<Configuration, 'alerts' | 'cluster' | 'dashboard' | 'kubernetes'>;

// How often due work is checked; a check is cheap, and the lease has its own renewal interval.
const TURN_MS = 250;

/** Starts the incident engine; without a target there is nothing to start. */
export async function bindAlerts(
  configuration: AlertsConfiguration,
  dependencies: AlertDependencies,
): Promise<BoundAlerts> {
  const { alerts, cluster, dashboard } = configuration;
  if (alerts.targets.length === 0) return NOTHING;
  const { election, close: disconnect } = await bindElection(
    { ...configuration, lease: alerts.lease },
    dependencies,
  );
  try {
    const engine = await IncidentEngine.start(
      {
        ...alerts,
        cluster: cluster.name,
        replica: dependencies.replica,
        links: [...decisionLinks(dashboard?.url), ...alerts.links],
        rules: [...alerts.rules, ...(alerts.defaultRules ? DEFAULT_RULES : [])],
        targets: alerts.targets.map((target) =>
          traceTarget(constructAlertTarget(target, dependencies), target.type, dependencies.traces),
        ),
        pollMs: alerts.lease.pollMs,
      },
      { ...dependencies, election, random: systemRandom },
    );
    const timer = setInterval(() => {
      engine.kick();
    }, TURN_MS);
    timer.unref();
    return {
      settledThrough: () => engine.settledThrough(),
      problem: () => engine.problem(),
      close: async () => {
        clearInterval(timer);
        await engine.close();
        disconnect();
      },
    };
  } catch (error) {
    disconnect();
    throw error;
  }
}

/** The page of the last attempt's decision, on the dashboard of the replica that has its record. */
function decisionLinks(url: string | undefined): readonly IncidentLink[] {
  return url === undefined ? [] : [{ text: 'Decision', href: `${url}/decisions/{decision}` }];
}

const NOTHING: BoundAlerts = {
  settledThrough: () => Number.MAX_SAFE_INTEGER,
  problem: () => undefined,
  close: () => Promise.resolve(),
};

/** Creates the target of the settings; it connects at the first message. */
export function constructAlertTarget(
  settings: AlertTargetSettings,
  { clock, environment }: Pick<AlertDependencies, 'clock' | 'environment'>,
): AlertTarget {
  const delivery = { timeoutMs: settings.timeoutMs };
  const http = createHttpTarget({ ...settings, delivery }, { clock, environment });
  switch (settings.type) {
    case 'pagerduty':
      return createPagerdutyTarget(settings, {
        ...http,
        readRoutingKey: () => readSecret(settings.routingKey, environment),
      });
    case 'alertmanager':
      return createAlertmanagerTarget(settings, { ...http, clock });
  }
}
