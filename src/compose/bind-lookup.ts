/** Binds cluster look-ups: live, from a snapshot, or none. */
import { createClusterClient } from '../kubernetes/client/client.ts';
import { createLiveLookup } from '../kubernetes/lookup/live-lookup.ts';
import {
  createNoLookup,
  type ClusterLookup,
  type ManagedTest,
} from '../kubernetes/lookup/lookup.ts';
import type { ArgocdSettings } from '../kubernetes/lookup/parse-argocd-settings.ts';
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
import { argocdMarks } from './argocd-marks.ts';
import { bindWatchedLookup } from './bind-watch.ts';
import type { SettingsHolder } from './bind-watch.ts';

const MS_PER_SECOND = 1000;

export interface LookupDependencies {
  /** The current definition of "managed": a reload may change it. */
  readonly ownership: () => OwnershipSettings;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Connects to the configured cluster, or to the one in which we run; without one, logs so once. */
export async function bindLiveLookup(
  { kubernetes }: Pick<Configuration, 'kubernetes'>,
  { ownership, clock, metrics, logger }: LookupDependencies,
): Promise<ClusterLookup> {
  const { kubeconfigFile, watch: _, ...limits } = kubernetes;
  const client = await createClusterClient({
    kubeconfigFile,
    connectionsMax: kubernetes.concurrentLookupsMax,
    clock,
  });
  if (client === undefined) {
    logger.warn('No cluster to look objects up in: subresources of unknown parents are refused', {
      remedy: 'Set kubernetes.kubeconfigFile, or run in a pod with a service account',
    });
    return createNoLookup();
  }
  const settings: SettingsHolder = { live: undefined };
  const isManaged: ManagedTest = (object, reference) =>
    bindManagedTest(ownership(), settings.live)(object, reference);
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
  if (kubernetes.watch.resources.length === 0) return live;
  const parts = { client, live, isManaged, ownership, settings, clock, metrics, logger };
  return bindWatchedLookup(kubernetes, parts);
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
