/** Starts what keeps the published bundle in step with the constraints of a cluster. */
import type { Clock } from '../../../base/clock.ts';
import type { SigningKey } from '../../../base/json-web-signature.ts';
import { systemRandom } from '../../../base/system-random.ts';
import { followTurns } from '../../../compose/follow-turns.ts';
import type { Configuration } from '../../../config/schema.ts';
import { HoldfastError } from '../../../errors.ts';
import type { ConnectedCluster } from '../../../kubernetes/client/cluster-client.ts';
import { LeaseElection } from '../../../kubernetes/leader-election/lease-election.ts';
import { ObjectFollower } from '../../../kubernetes/watch/object-follower.ts';
import type { Logger } from '../../../telemetry/logger.ts';
import type { Metrics } from '../../../telemetry/metrics.ts';
import { readBundleSource } from '../../bundle-source.ts';
import type { OpaLocation } from '../../opa-binary.ts';
import { buildFiles } from './build-files.ts';
import { TemplateChecker } from './check-templates.ts';
import { ConstraintCluster } from './constraint-cluster.ts';
import { ConstraintController } from './constraint-controller.ts';
import { ConstraintFollower } from './constraint-follower.ts';
import { findUnguarded } from './find-unguarded.ts';
import { PublishedBundle, PUBLISHED_NAME } from './published-bundle.ts';

export interface StartOptions {
  readonly configuration: Configuration;
  readonly client: ConnectedCluster;
  /** Where the ConfigMap and the Lease are. */
  readonly namespace: string;
  /** Unique among replicas. */
  readonly replica: string;
  /** Signs the bundle. */
  readonly key: SigningKey;
  readonly scope: string | undefined;
  /** The Rego policies beside the constraints. */
  readonly sourceFolder: string;
  /** Asked only where everything else is right: it may have to be built. */
  readonly findOpa: () => Promise<Pick<OpaLocation, 'path' | 'version'>>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What keeps the bundle in step. */
export interface StartedController {
  /** Why what is published is not what the cluster has. */
  readonly problem: () => string | undefined;
  readonly close: () => Promise<void>;
}

/** As leaders of the control plane have it. */
const LEASE_MS = 15_000;
const TURN_MS = 2000;
/** A template brings a kind with it, and its first constraint is to count soon. */
const REDISCOVER_MS = 5000;

/** Rejects with `constraints_unguarded` where others than Git could write what it would judge by, and with `policy_source_invalid`. */
export async function startConstraintController(options: StartOptions): Promise<StartedController> {
  const { configuration, client, clock, logger, metrics, namespace, sourceFolder } = options;
  await readBundleSource(sourceFolder);
  refuseUnguarded(configuration);
  const opa = await options.findOpa();
  const objects = new ObjectFollower({
    client,
    clock,
    random: systemRandom,
    limits: configuration.kubernetes.watch,
    rediscoverMs: REDISCOVER_MS,
    onProblem: (kind, reason) => {
      logger.warn('Constraints cannot be followed', { kind, reason });
    },
  });
  const controller = new ConstraintController({
    election: new LeaseElection({
      client,
      clock,
      namespace,
      name: PUBLISHED_NAME,
      identity: options.replica,
      durationMs: LEASE_MS,
    }),
    follower: new ConstraintFollower(objects),
    checker: new TemplateChecker(opa),
    published: new PublishedBundle(options),
    cluster: new ConstraintCluster({ client, clock }),
    build: (constraints) => buildFiles({ sourceFolder, opa, constraints }),
    clock,
    logger,
    metrics,
  });
  const turns = followTurns({ turn: () => controller.turn(), pauseMs: () => TURN_MS });
  return {
    problem: () => controller.problem(),
    close: async () => {
      await turns.close();
      await objects.close();
      await controller.close();
    },
  };
}

function refuseUnguarded(configuration: Configuration): void {
  const lacks = findUnguarded(configuration);
  if (lacks.length > 0) throw new HoldfastError('constraints_unguarded', lacks.join('\n'));
}
