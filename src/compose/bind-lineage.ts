/** Keeps the lineages of applications, where the configuration asks for it: watches, records, and answers admission. */
import type { Clock, MonotonicMs } from '../base/clock.ts';
import type { Wait } from '../base/wait.ts';
import { errorText } from '../base/error-details.ts';
import type { Configuration } from '../config/schema.ts';
import { createClusterClient } from '../kubernetes/client/client.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import type { ClusterLookup } from '../kubernetes/lookup/lookup.ts';
import type { RemoteApplications } from '../kubernetes/lookup/remote-applications.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { FactSources } from '../admission/facts/fact-sources.ts';
import { findApplication } from '../ownership/find-application.ts';
import { formatApplication } from '../source/commits/deployed-commits.ts';
import {
  LineageKeeper,
  type GatheredRollback,
  type LineageKeeperOptions,
} from '../source/lineage/lineage-keeper.ts';
import type { LineageSettings } from '../source/lineage/settings.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { applicationOf, referenceOf } from './application-name.ts';
import { readLineageChanges } from './collect-lineages.ts';
import { FollowedVersions } from './followed-versions.ts';
import { formatVersionRecord } from './format-version-record.ts';
import { recordFinding, type FindingReporterOptions } from './record-finding.ts';
import { readStatement, readVerifiers } from './statement-reader.ts';

export interface LineageDependencies {
  readonly configuration: Pick<Configuration, 'lineage' | 'audit' | 'cluster' | 'kubernetes'>;
  readonly lookup: Pick<ClusterLookup, 'lookupFresh'>;
  /** Those of Argo CD's hub. Absent: they are in this cluster. */
  readonly applications: Pick<RemoteApplications, 'follow'> | undefined;
  /** False for a snapshot of a cluster: nothing is deployed to it. */
  readonly isLive: boolean;
  readonly orderCommits: LineageKeeperOptions['orderCommits'];
  readonly reporter: FindingReporterOptions;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface BoundLineage {
  readonly describeRollback: FactSources['describeRollback'];
  readonly close: () => Promise<void>;
}

/** One watch each for what is followed, and one for lists. */
const CONNECTIONS_MAX = 6;

/** `undefined` where nothing is to be noted. Throws `lineage_key_unusable`. */
export async function bindLineage(
  dependencies: LineageDependencies,
): Promise<BoundLineage | undefined> {
  const { configuration, isLive } = dependencies;
  const { lineage: settings, audit, kubernetes } = configuration;
  if (settings === undefined || audit.journal === undefined || !isLive) return undefined;
  const keeper = createKeeper(settings, dependencies);
  await restore(keeper, audit.journal.folder, dependencies);
  const { clock } = dependencies;
  const client = await createClusterClient({
    kubeconfigFile: kubernetes.kubeconfigFile,
    connectionsMax: CONNECTIONS_MAX,
    clock,
  });
  const followed = client && (await follow(keeper, client, { settings, dependencies }));
  return {
    describeRollback: createDescriber(keeper, dependencies),
    close: async () => {
      await followed?.close();
      client?.close();
      await keeper.close();
    },
  };
}

function createKeeper(
  settings: LineageSettings,
  { reporter, lookup, orderCommits, clock, wait, logger, metrics }: LineageDependencies,
): LineageKeeper {
  return new LineageKeeper({
    settings,
    orderCommits,
    readApplication: (application, deadlineAtMs) =>
      lookup.lookupFresh(referenceOf(application), deadlineAtMs),
    record: async (application, change) => {
      const recorded = await recordFinding(reporter, (origin) =>
        formatVersionRecord(application, change, origin),
      );
      return recorded !== undefined;
    },
    onFreeze: ({ application, untilMs, reason }) => {
      logger.error('An application is frozen: it keeps its version', {
        application: formatApplication(application),
        until: new Date(untilMs).toISOString(),
        reason,
      });
    },
    clock,
    wait,
    logger,
    metrics,
  });
}

/** A journal that cannot be searched is told: admission must not wait for somebody to mend it. */
async function restore(
  keeper: LineageKeeper,
  folder: string,
  { logger }: LineageDependencies,
): Promise<void> {
  try {
    for (const { application, change, atMs } of await readLineageChanges(folder)) {
      keeper.restore(application, change, atMs);
    }
  } catch (error) {
    logger.error('The versions of applications cannot be read from the journal, and begin anew', {
      folder,
      reason: errorText(error),
      remedy: 'Run holdfast audit verify; versions are verified again by their health',
    });
  }
}

async function follow(
  keeper: LineageKeeper,
  client: ClusterClient,
  {
    settings,
    dependencies,
  }: { readonly settings: LineageSettings; readonly dependencies: LineageDependencies },
): Promise<FollowedVersions> {
  const { configuration, applications, clock, logger, metrics } = dependencies;
  const isRead = settings.verifiedBy.includes('statement');
  const reading = {
    verifiers: await readVerifiers(settings),
    cluster: configuration.cluster.name,
    nowMs: clock.wallMs,
    onVerified: (version: Parameters<LineageKeeper['verify']>[0]) => keeper.verify(version),
    logger,
    metrics,
  };
  return new FollowedVersions({
    client,
    applications,
    statementsNamespace: isRead ? settings.statementsNamespace : undefined,
    clock,
    logger,
    limits: configuration.kubernetes.watch,
    onApplication: (application, object) => keeper.hear(application, object),
    onGone: (application) => keeper.forget(application),
    onStatements: (object) => void readStatement(object, reading),
  });
}

/** Synchronous for what no GitOps controller writes. */
function createDescriber(
  keeper: LineageKeeper,
  { lookup }: Pick<LineageDependencies, 'lookup'>,
): FactSources['describeRollback'] {
  return (actor, object, deadlineAtMs) => {
    // What a writer applies comes from the application whose mark it sets.
    const reference = findApplication(object.movesTo ?? object);
    if (actor.class !== 'gitops' || reference === undefined) return NONE;
    return describe(keeper, { reference, lookup, deadlineAtMs });
  };
}

const NONE = { status: 'known', value: null } as const;

async function describe(
  keeper: LineageKeeper,
  {
    reference,
    lookup,
    deadlineAtMs,
  }: {
    readonly reference: ObjectReference;
    readonly lookup: LineageDependencies['lookup'];
    readonly deadlineAtMs: MonotonicMs;
  },
): Promise<GatheredRollback> {
  const application = applicationOf(reference);
  if (application === undefined) return NONE;
  const found = await lookup.lookupFresh(reference, deadlineAtMs);
  switch (found.status) {
    case 'found':
      return await keeper.describe(application, found.object, deadlineAtMs);
    // An application that is gone deletes what it left.
    case 'absent':
      return NONE;
    case 'unavailable':
      return found.code === 'lookup_not_configured' ? NONE : found;
  }
}
