/** Binds cluster look-ups: live, from a snapshot, or none. */
import { createClusterClient } from '../kubernetes/client/client.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import { joinApplications } from '../kubernetes/lookup/join-applications.ts';
import { createLiveLookup } from '../kubernetes/lookup/live-lookup.ts';
import {
  createNoLookup,
  type ClusterLookup,
  type ManagedTest,
} from '../kubernetes/lookup/lookup.ts';
import type { ArgocdSettings } from '../kubernetes/lookup/parse-argocd-settings.ts';
import type { RemoteApplications } from '../kubernetes/lookup/remote-applications.ts';
import { SEARCHED_KINDS } from '../kubernetes/lookup/searched-kinds.ts';
import {
  createSnapshotLookup,
  type SnapshotObjects,
} from '../kubernetes/lookup/snapshot-lookup.ts';
import type { Clock } from '../base/clock.ts';
import type { Configuration } from '../config/schema.ts';
import type { OwnershipSettings } from '../ownership/settings.ts';
import { findApplication } from '../ownership/find-application.ts';
import { createMarkFinder, isChild } from '../ownership/find-mark.ts';
import { createSelectorMatcher } from '../ownership/match-selector.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Traces } from '../telemetry/tracing/traces.ts';
import { argocdMarks } from './argocd-marks.ts';
import { bindWatchedLookup } from './bind-watch.ts';
import { traceReads } from './trace-reads.ts';

const MS_PER_SECOND = 1000;

export interface LookupDependencies {
  /** The current definition of "managed": a reload may change it. */
  readonly ownership: () => OwnershipSettings;
  /** Those of Argo CD's hub. Absent: they are in this cluster. */
  readonly applications?: RemoteApplications | undefined;
  /** Whether a writer of Argo CD is configured. @default false */
  readonly expectsApplications?: boolean | undefined;
  /** The cluster, where it is connected already. Absent: the one that the configuration names. */
  readonly client?: ClusterClient | undefined;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Absent: reads have no spans. */
  readonly traces?: Traces | undefined;
}

/** Connects to the configured cluster, or to the one in which we run; without one, logs so once. */
export async function bindLiveLookup(
  { kubernetes }: Pick<Configuration, 'kubernetes'>,
  dependencies: LookupDependencies,
): Promise<ClusterLookup> {
  const { ownership, applications, clock, metrics, logger, traces } = dependencies;
  const { kubeconfigFile, watch: _watch, hub: _hub, ...limits } = kubernetes;
  const connected =
    dependencies.client ??
    (await createClusterClient({
      kubeconfigFile,
      connectionsMax: kubernetes.concurrentLookupsMax,
      clock,
    }));
  if (connected === undefined) {
    logger.warn('No cluster to look objects up in: subresources of unknown parents are refused', {
      remedy: 'Set kubernetes.kubeconfigFile, or run in a pod with a service account',
    });
    return joined(createNoLookup(), applications);
  }
  const client = traceReads(connected, traces);
  const here: { settings: ArgocdSettings | undefined } = { settings: undefined };
  const argocdSettings = (): ArgocdSettings | undefined =>
    applications === undefined ? here.settings : applications.argocdSettings();
  const isManaged: ManagedTest = (object, reference) =>
    bindManagedTest(ownership(), argocdSettings())(object, reference);
  const live = createLiveLookup({
    ...limits,
    client,
    clock,
    searchedKinds: SEARCHED_KINDS,
    isManaged,
    onLookup: (status, durationMs) => {
      metrics.increment('holdfast_lookups_total', { outcome: status });
      metrics.observe('holdfast_lookup_duration_seconds', durationMs / MS_PER_SECOND);
    },
  });
  const parts = { client, live, isManaged, ownership, argocdSettings, applications };
  const local =
    kubernetes.watch.resources.length === 0
      ? live
      : bindWatchedLookup(kubernetes, {
          ...parts,
          expectsApplications: dependencies.expectsApplications === true,
          onSettings: (told) => {
            here.settings = told;
          },
          clock,
          metrics,
          logger,
        });
  return joined(local, applications);
}

function joined(local: ClusterLookup, applications: RemoteApplications | undefined): ClusterLookup {
  return applications === undefined ? local : joinApplications(local, applications);
}

/** Answers from these objects only. */
export function bindSnapshotLookup(
  { ownership }: Configuration,
  objects: SnapshotObjects,
): ClusterLookup {
  const lookup: ClusterLookup = createSnapshotLookup({
    objects,
    isManaged: (object, reference) =>
      bindManagedTest(ownership, lookup.argocdSettings())(object, reference),
  });
  return lookup;
}

function bindManagedTest(
  ownership: OwnershipSettings,
  live: ArgocdSettings | undefined,
): ManagedTest {
  const findMark = createMarkFinder({ ...ownership, argocd: argocdMarks(ownership.argocd, live) });
  const matchSelector = createSelectorMatcher(ownership.selectors);
  return (object, { group, kind, namespace = '', name }) => {
    const identity = { group, kind, namespace, name };
    const mark = findMark(object, identity);
    if (mark?.self === true) return { app: mark.app, application: findApplication(mark) };
    const selector = isChild(object) ? undefined : matchSelector(object, identity);
    return selector === undefined ? undefined : { app: selector };
  };
}
