/** The server, and the request path behind it. */
import { createAdmit } from '../admission/admit.ts';
import type { AdmissionRuntime } from '../admission/runtime.ts';
import { systemClock } from '../base/clock.ts';
import { createIdentifierGenerator } from '../base/identifier.ts';
import type { LoadedConfiguration } from '../config/load.ts';
import type { Configuration } from '../config/schema.ts';
import type { ClusterLookup } from '../kubernetes/lookup/lookup.ts';
import type { RemoteApplications } from '../kubernetes/lookup/remote-applications.ts';
import { startServer, type RunningServer } from '../server/server.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics, MetricsExposition } from '../telemetry/metrics.ts';
import type { Traces } from '../telemetry/tracing/traces.ts';
import type { DeletionCounts } from '../ownership/deletions/deletion-counts.ts';
import { observeDeletions } from './observe-deletions.ts';
import { createAdmissionObserver } from './admission-observer.ts';
import type { BoundCertificates } from './bind-certificates.ts';
import type { CommitBinder } from './bind-commits.ts';
import type { BoundEvidence } from './bind-evidence.ts';
import { bindHeavyReviews } from './bind-heavy-reviews.ts';
import type { DashboardSupervisor } from './dashboard-supervisor.ts';
import type { DriftSupervisor } from './drift-supervisor.ts';
import type { IntakeSupervisor } from './intake-supervisor.ts';
import type { ImageBinder } from './bind-images.ts';
import type { BoundRegistration } from './bind-registration.ts';
import { listReadinessChecks } from './readiness-checks.ts';
import { traceObserver, traceRecorder } from './trace-runtime.ts';

/** The active runtime; replaced atomically, so that a review never sees a partial change. */
export interface InForce {
  configuration: Configuration;
  runtime: AdmissionRuntime;
  /** Changed settings that wait for a restart. */
  problem?: () => string | undefined;
  /** A bundle that is not taken, or a server that gives none. */
  bundleProblem?: () => string | undefined;
}

/** Where facts are looked up. */
export interface Clusters {
  readonly lookup: ClusterLookup;
  readonly applications: RemoteApplications | undefined;
}

/** What the server needs of the started parts. */
export interface ServedParts extends BoundEvidence, Clusters {
  readonly commits: CommitBinder;
  readonly images: ImageBinder;
  readonly traces: Traces | undefined;
  readonly deletions: DeletionCounts;
  readonly certificates: BoundCertificates | undefined;
  readonly registration: BoundRegistration | undefined;
  readonly drift: Pick<DriftSupervisor, 'problem'> | undefined;
  readonly intake: Pick<IntakeSupervisor, 'problem'> | undefined;
  readonly dashboard: Pick<DashboardSupervisor, 'problem'> | undefined;
}

export interface ServeOptions {
  readonly loaded: LoadedConfiguration;
  readonly logger: Logger;
  readonly metrics: Metrics & MetricsExposition;
  readonly replica: string;
}

/** Starts to answer, and to say whether it is ready. */
export function serve(
  { loaded, logger, metrics, replica }: ServeOptions,
  inForce: InForce,
  parts: ServedParts,
): Promise<RunningServer> {
  const { recorder, traces, certificates, deletions } = parts;
  const observer = observeDeletions(createAdmissionObserver(metrics, logger), deletions);
  const { server, limits } = loaded.configuration;
  const admit = bindHeavyReviews(
    createAdmit({
      runtime: () => inForce.runtime,
      recorder: traceRecorder(recorder, traces),
      observer: traceObserver(observer, traces),
      clock: systemClock,
      nextId: createIdentifierGenerator(),
      replica,
    }),
    { limits: () => inForce.configuration.limits, metrics, clock: systemClock },
  );
  return startServer(
    { ...server, limits },
    {
      admit,
      metrics,
      logger,
      clock: systemClock,
      traces,
      onCertificate: certificates?.serve,
      readinessChecks: listReadinessChecks(inForce, parts),
    },
  );
}
