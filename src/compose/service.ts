/** A running Holdfast: configuration in, serving process out. Start order below, stop order in reverse. */
import { hostname } from 'node:os';
import type { AdmissionRuntime } from '../admission/runtime.ts';
import { systemClock } from '../base/clock.ts';
import { createIdentifierGenerator } from '../base/identifier.ts';
import { lowerV8Threads } from '../base/thread-priority.ts';
import type { ClusterLookup } from '../kubernetes/lookup/lookup.ts';
import type { RemoteApplications } from '../kubernetes/lookup/remote-applications.ts';
import type { SnapshotObjects } from '../kubernetes/lookup/snapshot-lookup.ts';
import { hashConfiguration, type LoadedConfiguration } from '../config/load.ts';
import type { Configuration } from '../config/schema.ts';
import { listSelectors } from '../policy/deciding-labels.ts';
import type { RunningServer } from '../server/server.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics, MetricsExposition, MetricsIntake } from '../telemetry/metrics.ts';
import type { Traces } from '../telemetry/tracing/traces.ts';
import { bindBreakers } from './bind-breakers.ts';
import { bindCertificates, type BoundCertificates } from './bind-certificates.ts';
import { bindEvidence, type BoundEvidence } from './bind-evidence.ts';
import { systemWait } from '../base/wait.ts';
import { CommitBinder } from './bind-commits.ts';
import { ImageBinder } from './bind-images.ts';
import { startDashboard } from './bind-dashboard.ts';
import { startDrift } from './bind-drift.ts';
import { startIntake } from './bind-intake.ts';
import { bindHub } from './bind-hub.ts';
import { bindLineage, type BoundLineage } from './bind-lineage.ts';
import { bindLiveLookup, bindSnapshotLookup, type LookupDependencies } from './bind-lookup.ts';
import {
  createLiveClusterObjects,
  snapshotClusterObjects,
  type ClusterObjects,
} from './cluster-objects.ts';
import { createGuardBinder } from './bind-guards.ts';
import { bindRuntime, type RuntimeDependencies } from './bind-runtime.ts';
import { bindTraces } from './bind-traces.ts';
import { EngineRegistry } from './engine-registry.ts';
import { bindRegistration, type BoundRegistration } from './bind-registration.ts';
import { createRegistrationReporter } from './report-registration-change.ts';
import { createLostReporter } from './report-lost.ts';
import type { FindingReporterOptions } from './record-finding.ts';
import { followChanges } from './follow-changes.ts';
import type { CommitDependencies } from './running-commits.ts';
import type { DashboardSupervisor } from './dashboard-supervisor.ts';
import { serve, type Clusters, type InForce, type ServedParts } from './serve.ts';
import { onEvaluation, traceRuntime } from './trace-runtime.ts';

export interface ServiceOptions {
  readonly loaded: LoadedConfiguration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly logger: Logger;
  readonly metrics: Metrics & MetricsExposition & MetricsIntake;
  /** The built policies that are used if the configuration names none. */
  readonly defaultBundleFolder?: string | undefined;
  /** Answers lookups from these objects instead of a cluster. */
  readonly clusterState?: SnapshotObjects;
}

export interface RunningService {
  readonly url: string;
  /** The URL of metrics, and of health where that has no port of its own. */
  readonly operationsUrl: string;
  readonly healthUrl: string;
  /** Where the dashboard listens; absent where there is none, or while it cannot. */
  readonly dashboardUrl: () => string | undefined;
  readonly policyNames: readonly string[];
  readonly policyRevision: string;
  /** Becomes unready, stops accepting connections, answers every request, then ends the workers. */
  readonly stop: () => Promise<void>;
}

/** The stop function of each started part, in the order of the start. */
type Stops = (() => Promise<void> | void)[];

/** Starts everything in order; throws a `HoldfastError` if a part cannot start, and leaves nothing running. */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const stops: Stops = [];
  try {
    return await startParts(options, stops);
  } catch (error) {
    await stopAll(stops);
    throw error;
  }
}

async function stopAll(stops: Stops): Promise<void> {
  for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) await stop();
}

async function startParts(options: ServiceOptions, stops: Stops): Promise<RunningService> {
  const { logger, metrics } = options;
  const { configuration } = options.loaded;
  // The watch cache calls this before a runtime is active.
  let { ownership } = configuration;
  // Stopped last, so that the last request is exported too.
  const traces = await startTraces(options, stops);
  const clusters = await openClusters(options, { ownership: () => ownership, traces });
  const engines = new EngineRegistry(options, { ...options, ...(traces && { onEvaluation }) });
  stops.push(
    () => clusters.lookup.close(),
    () => engines.close(),
  );
  const engine = await engines.load(configuration);
  // Started before the first answer and stopped after the last one: no decision without a record.
  const evidence = await startEvidence(options, stops);
  const isLive = options.clusterState === undefined;
  const guards = createGuardBinder({ ...clusters, clock: systemClock, metrics, logger, isLive });
  stops.push(() => guards.close());
  // Before a runtime is active, for what is found out at once.
  let finding = { configuration, policyRevision: engine.revision };
  const reporter = reporterOptions(options, evidence, () => finding);
  const images = bindImages(options, stops);
  const commits = bindCommits(options, stops, {
    ...clusters,
    isLive,
    onImages: (found) => images.prepare(found),
    onLost: createLostReporter(reporter),
  });
  const lineage = await startLineage(options, { ...clusters, commits, reporter }, stops);
  const bindParts = async (next: Configuration) => ({
    lookup: clusters.lookup,
    describeRollback: lineage?.describeRollback,
    ...evidence,
    ...(await guards.bind(next)),
    ...(await commits.bind(next)),
    ...(await images.bind(next)),
  });
  const bindObjects = openClusterObjects(options, clusters.lookup, stops);
  const bind = (next: Configuration, parts: RuntimeDependencies): AdmissionRuntime =>
    traceRuntime(bindRuntime(next, { ...parts, clusterObjects: bindObjects(parts, next) }), traces);
  const bound = { engine, ...(await bindParts(configuration)) };
  const inForce: InForce = { configuration, runtime: bind(configuration, bound) };
  publishBuild(options, engine.revision, 1);

  const parts = { ...evidence, ...clusters, commits, images, traces, deletions: guards.deletions };
  const server = await startServing({ options, inForce, stops }, parts, reporter);
  const apply = async (next: Configuration): Promise<void> => {
    const nextEngine = await engines.replace(next, async (started) => {
      inForce.runtime = bind(next, { engine: started, ...(await bindParts(next)) });
    });
    inForce.configuration = next;
    replaceBuild(options, finding.policyRevision, nextEngine.revision);
    finding = { configuration: next, policyRevision: nextEngine.revision };
    ({ ownership } = next);
    logger.setLevel(next.log.level);
  };
  await followChanges({
    ...options,
    inForce,
    prepare: (bundle) => engines.prepare(bundle, inForce.configuration),
    apply,
    onStarted: (stop) => stops.push(stop),
  });
  lowerV8Threads();
  return {
    url: server.url,
    operationsUrl: String(server.metricsUrl),
    healthUrl: String(server.healthUrl),
    dashboardUrl: () => server.dashboard?.url,
    policyNames: engine.descriptors.map(({ name }) => name),
    policyRevision: engine.revision,
    stop: () => stopAll(stops),
  };
}

/** What is found out by nobody's request goes the way of refusals: into the journal, and to whoever is on call. */
function reporterOptions(
  { logger, environment }: ServiceOptions,
  evidence: BoundEvidence,
  finding: () => { readonly configuration: Configuration; readonly policyRevision: string },
): FindingReporterOptions {
  return {
    ...evidence,
    logger,
    clock: systemClock,
    nextId: createIdentifierGenerator(),
    replica: replicaOf(environment),
    inForce: () => {
      const { configuration, policyRevision } = finding();
      const cluster = configuration.cluster.name;
      return { cluster, policyRevision, configurationHash: hashConfiguration(configuration) };
    },
  };
}

/** Nothing is registered from a snapshot of a cluster. */
async function startRegistration(
  { loaded, clusterState, environment, logger, metrics }: ServiceOptions,
  inForce: InForce,
  {
    reporter,
    certificates,
  }: {
    readonly reporter: FindingReporterOptions;
    readonly certificates: BoundCertificates | undefined;
  },
): Promise<BoundRegistration | undefined> {
  if (clusterState !== undefined) return undefined;
  const isOwn = loaded.configuration.certificates.manage;
  return await bindRegistration(loaded.configuration, {
    clock: systemClock,
    logger,
    metrics,
    replica: replicaOf(environment),
    inForce: () => inForce.configuration,
    ownAuthorityPem: isOwn ? certificates?.authorityPem : undefined,
    onDrift: createRegistrationReporter(reporter),
  });
}

function bindCommits(
  { environment, logger, metrics }: ServiceOptions,
  stops: Stops,
  parts: Pick<CommitDependencies, 'lookup' | 'applications' | 'isLive' | 'onLost' | 'onImages'>,
): CommitBinder {
  const commits = new CommitBinder({
    ...parts,
    environment,
    clock: systemClock,
    wait: systemWait,
    logger,
    metrics,
  });
  stops.push(() => commits.close());
  return commits;
}

/** Before the first answer: a rollback is told from the versions that are known. */
async function startLineage(
  { loaded, clusterState, logger, metrics }: ServiceOptions,
  {
    commits,
    ...parts
  }: Clusters & { readonly commits: CommitBinder; readonly reporter: FindingReporterOptions },
  stops: Stops,
): Promise<BoundLineage | undefined> {
  const lineage = await bindLineage({
    ...parts,
    configuration: loaded.configuration,
    isLive: clusterState === undefined,
    orderCommits: (question, deadlineAtMs) => commits.orderCommits(question, deadlineAtMs),
    clock: systemClock,
    wait: systemWait,
    logger,
    metrics,
  });
  stops.push(() => lineage?.close());
  return lineage;
}

function bindImages({ environment, logger, metrics }: ServiceOptions, stops: Stops): ImageBinder {
  const tools = { clock: systemClock, wait: systemWait, logger, metrics };
  const images = new ImageBinder({ environment, ...tools });
  stops.push(() => images.close());
  return images;
}

async function startTraces(
  { loaded, environment, logger, metrics }: ServiceOptions,
  stops: Stops,
): Promise<Traces | undefined> {
  const { traces: settings, cluster } = loaded.configuration;
  const traces = await bindTraces(settings, {
    clock: systemClock,
    logger,
    metrics,
    environment,
    cluster: cluster.name,
    replica: replicaOf(environment),
    thread: 'admission',
  });
  if (traces !== undefined) stops.push(() => traces.close());
  return traces;
}

async function startEvidence(
  { loaded, environment, logger, metrics }: ServiceOptions,
  stops: Stops,
): Promise<BoundEvidence> {
  const evidence = await bindEvidence(loaded.configuration, {
    clock: systemClock,
    logger,
    metrics,
    environment,
    replica: replicaOf(environment),
  });
  stops.push(() => evidence.close());
  return evidence;
}

/** The server, with the certificate that it serves and the registration by which the API server finds it. */
async function startServing(
  { options, inForce, stops }: Serving,
  served: Omit<ServedParts, 'certificates' | 'registration' | 'drift' | 'intake' | 'dashboard'>,
  reporter: FindingReporterOptions,
): Promise<RunningServer & { readonly dashboard: DashboardSupervisor | undefined }> {
  const replica = replicaOf(options.environment);
  const drift = startDrift({ ...options, replica }, { evidence: served, reporter });
  stops.push(() => drift?.close());
  const dashboard = startDashboard({ ...options, replica }, served);
  stops.push(() => dashboard?.close());
  const certificates = await startCertificates(options, stops);
  // After the certificates, which it serves, too.
  const intake = startIntake(options, reporter);
  stops.push(() => intake?.close());
  const registration = await startRegistration(options, inForce, { reporter, certificates });
  const server = await serve({ ...options, replica }, inForce, {
    ...served,
    drift,
    intake,
    dashboard,
    certificates,
    registration,
  });
  stops.push(async () => {
    const { drainDelayMs } = inForce.configuration.limits;
    const { cutOff } = await server.drain({ delayMs: drainDelayMs });
    if (cutOff > 0) {
      options.logger.warn('Requests were cut off at the end of the drain', { cutOff });
    }
  });
  certificates?.follow();
  stops.push(() => registration?.close());
  registration?.follow();
  const breakers = await bindBreakers(options, { replica, reporter });
  stops.push(() => breakers?.close());
  return { ...server, dashboard };
}

interface Serving {
  readonly options: ServiceOptions;
  readonly inForce: InForce;
  readonly stops: Stops;
}

/** Before the server, which serves what they are; stopped after it, so that a replica is known for as long as it serves. */
async function startCertificates(
  { loaded, clusterState, environment, logger, metrics }: ServiceOptions,
  stops: Stops,
): Promise<BoundCertificates | undefined> {
  if (clusterState !== undefined) return undefined;
  const certificates = await bindCertificates(loaded.configuration, {
    clock: systemClock,
    logger,
    metrics,
    environment,
    replica: replicaOf(environment),
  });
  stops.push(() => certificates.close());
  return certificates;
}

function replicaOf(environment: ServiceOptions['environment']): string {
  return environment['POD_NAME'] ?? hostname();
}

async function openClusters(
  options: ServiceOptions,
  parts: Pick<LookupDependencies, 'ownership' | 'traces'>,
): Promise<Clusters> {
  const applications = await openHub(options);
  try {
    return { lookup: await openLookup(options, { ...parts, applications }), applications };
  } catch (error) {
    await applications?.close();
    throw error;
  }
}

/** Where Argo CD deploys to this cluster from another one. Absent: its Applications are here. */
async function openHub({
  loaded,
  clusterState,
  logger,
  metrics,
}: ServiceOptions): Promise<RemoteApplications | undefined> {
  const { kubernetes, ownership } = loaded.configuration;
  if (kubernetes.hub === undefined || clusterState !== undefined) return undefined;
  const argocdNamespace = ownership.argocd.namespace;
  return await bindHub(kubernetes, kubernetes.hub, {
    argocdNamespace,
    clock: systemClock,
    metrics,
    logger,
  });
}

/** Namespaces and inventories, as the policies in force read them. */
function openClusterObjects(
  { loaded, clusterState, logger }: ServiceOptions,
  lookup: ClusterLookup,
  stops: Stops,
): (parts: Pick<RuntimeDependencies, 'engine'>, next: Configuration) => ClusterObjects {
  if (clusterState !== undefined) {
    return ({ engine }) => snapshotClusterObjects(clusterState, engine.descriptors);
  }
  const live = createLiveClusterObjects(loaded.configuration, {
    lookup,
    clock: systemClock,
    logger,
  });
  stops.push(() => live.close());
  return ({ engine }, { policies }) =>
    live.bind(engine.descriptors, { selectsNamespaces: listSelectors(policies).length > 0 });
}

function openLookup(
  { loaded, clusterState, logger, metrics }: ServiceOptions,
  parts: Pick<LookupDependencies, 'ownership' | 'applications' | 'traces'>,
): Promise<ClusterLookup> {
  const { configuration } = loaded;
  if (clusterState !== undefined) {
    return Promise.resolve(bindSnapshotLookup(configuration, clusterState));
  }
  const expectsApplications = configuration.identity.writers.some(({ tool }) => tool === 'argocd');
  const tools = { clock: systemClock, metrics, logger };
  return bindLiveLookup(configuration, { ...parts, ...tools, expectsApplications });
}

/** Other policies judge now. In this order: where both are the same, it is the one that judges. */
function replaceBuild(options: ServiceOptions, before: string, after: string): void {
  publishBuild(options, before, 0);
  publishBuild(options, after, 1);
}

/** A bundle that no longer judges stays at 0: who asks what runs must not find two. */
function publishBuild(
  { version, metrics }: ServiceOptions,
  policyRevision: string,
  value: 0 | 1,
): void {
  metrics.set('holdfast_build_info', value, {
    version,
    node: process.versions.node,
    policy_revision: policyRevision,
  });
}
