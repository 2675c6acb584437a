/** Follows the hub of Argo CD, and reports its state. */
import type { Clock } from '../base/clock.ts';
import { Semaphore } from '../base/semaphore.ts';
import { systemRandom } from '../base/system-random.ts';
import type { Configuration } from '../config/schema.ts';
import { HubApplications } from '../kubernetes/hub/hub-applications.ts';
import { openHubClient, type HubClientOptions } from '../kubernetes/hub/hub-client.ts';
import type { HubSettings } from '../kubernetes/hub/settings.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface HubDependencies {
  readonly argocdNamespace: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

const MS_PER_SECOND = 1000;
/** The Applications, argocd-cm and the cluster Secret are each listed once. */
const LISTS_AT_ONCE = 2;
const LISTS_WAITING_MAX = 8;

/** Returns at once, whether the hub answers or not: a webhook that waits for another cluster would stop this one. */
export async function bindHub(
  kubernetes: Configuration['kubernetes'],
  settings: HubSettings,
  { argocdNamespace, clock, metrics, logger }: HubDependencies,
): Promise<HubApplications> {
  const client = await openHubClient({
    kubeconfigFile: settings.kubeconfigFile,
    connectionsMax: kubernetes.concurrentLookupsMax,
    clock,
    onRead: tellRead(settings, logger),
  });
  const semaphore = new Semaphore({ runningMax: LISTS_AT_ONCE, waitingMax: LISTS_WAITING_MAX });
  const ended = tellEnds(logger);
  const applications = new HubApplications({
    client,
    clock,
    random: systemRandom,
    settings,
    kubernetes,
    argocdNamespace,
    semaphore,
    observer: {
      answered: (outcome) => metrics.increment('holdfast_hub_lookups_total', { outcome }),
      ended: (what, reason, detail) => {
        metrics.increment('holdfast_watch_restarts_total', { reason });
        ended(what, reason, detail);
      },
      settings: (told) => {
        logger.info('Marks of Argo CD are read by these settings of the hub', { ...told });
      },
      identified: (identity) => {
        logger.info('The hub has this cluster by these addresses and names', { ...identity });
      },
    },
  });
  metrics.beforeExposition(() => {
    const { isSynced, ageMs, applications: count, entries } = applications.state();
    metrics.set('holdfast_hub_synced', isSynced ? 1 : 0);
    metrics.set('holdfast_hub_age_seconds', ageMs / MS_PER_SECOND);
    metrics.set('holdfast_hub_applications', count);
    metrics.set('holdfast_hub_entries', entries);
  });
  return applications;
}

function tellRead({ kubeconfigFile }: HubSettings, logger: Logger): HubClientOptions['onRead'] {
  return (read) => {
    if ('server' in read) {
      logger.info('Applications are read from the hub of Argo CD', { server: read.server });
      return;
    }
    logger.error('The kubeconfig of the hub cannot be used; what was read before stays in force', {
      code: 'kubeconfig_unusable',
      file: kubeconfigFile,
      reason: read.problem,
    });
  };
}

/** Logged once per change: a missing permission usually stays missing for long. */
function tellEnds(logger: Logger) {
  const told = new Map<string, string>();
  return (what: string, reason: string, detail: string): void => {
    const message = MESSAGES[reason];
    if (message === undefined) {
      if (reason === 'listed') told.delete(what);
      return;
    }
    if (told.get(what) === reason) return;
    told.set(what, reason);
    logger.warn(message, { what, reason: detail });
  };
}

const MESSAGES: Readonly<Record<string, string>> = {
  forbidden: 'The account may not follow this on the hub: grant get, list and watch on it',
  absent: 'The hub does not serve this: is it the cluster of Argo CD?',
  overflowed:
    'The hub has more Applications for this cluster than there is room for: raise kubernetes.hub.entriesMax',
  failed: 'The hub cannot be followed now; it is tried again',
};
