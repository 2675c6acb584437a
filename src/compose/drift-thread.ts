/** The drift thread: finds what got past admission, beside admission. */
import { parentPort } from 'node:worker_threads';
import { JournalFollower } from '../audit/journal/journal-follower.ts';
import { SharedSequence } from '../audit/journal/shared-sequence.ts';
import { systemClock } from '../base/clock.ts';
import { systemRandom } from '../base/system-random.ts';
import { systemWait } from '../base/wait.ts';
import { CERTIFICATES_FIELD_MANAGER } from '../certificates/certificate-cluster.ts';
import { DriftState } from '../drift/drift-state.ts';
import type { OwnAdmission } from '../drift/admission/admission-judge.ts';
import { DriftWatch } from '../drift/drift-watch.ts';
import { DRIFT_LIMITS, type DriftSettings } from '../drift/settings.ts';
import { HoldfastError } from '../errors.ts';
import { createClusterClient } from '../kubernetes/client/client.ts';
import type { ConnectedCluster } from '../kubernetes/client/cluster-client.ts';
import { ALL_GUARD_NAMES } from '../registration/plan-guard.ts';
import { PROBE_NAME } from '../registration/plan-proof.ts';
import { REGISTRATION_NAME } from '../registration/plan-registration.ts';
import { REGISTRATION_FIELD_MANAGER } from '../registration/registration-cluster.ts';
import { bindElection, type BoundElection } from './bind-election.ts';
import { bindHealing } from './bind-healing.ts';
import { bindHider } from './bind-journal.ts';
import { DriftMarks } from './drift-marks.ts';
import type { DriftNote, DriftStart, FoundDrift, RecordedFinding } from './drift-messages.ts';
import { findOwnNamespace } from './own-namespace.ts';
import { RecordedFindings } from './recorded-findings.ts';
import { serveThread, type ThreadTools, type ThreadWork } from './serve-thread.ts';

type Tools = ThreadTools<FoundDrift>;

const LEASE = 'holdfast-drift';

/** Rejects where there is no cluster to follow, or the state of the journal cannot be read: the thread ends then. */
export async function beginDrift(
  start: DriftStart,
  tools: Tools,
): Promise<ThreadWork<RecordedFinding>> {
  const { configuration, environment } = start;
  const { drift, kubernetes } = configuration;
  const client = await createClusterClient({
    kubeconfigFile: kubernetes.kubeconfigFile,
    connectionsMax: drift?.concurrentReadsMax ?? 1,
    clock: systemClock,
  });
  if (drift === undefined || client === undefined) {
    throw new HoldfastError(
      'lookup_not_configured',
      'No drift is seen: there is no cluster to follow',
    );
  }
  const journal = new JournalFollower(
    {
      folder: start.folder,
      newest: new SharedSequence(start.newest),
      nowMs: systemClock.wallMs(),
    },
    { ...tools, wait: systemWait },
  );
  const stops: Stop[] = [() => journal.close(), () => client.close()];
  try {
    const bound = await bindElection(
      { kubernetes, lease: { name: LEASE, durationMs: DRIFT_LIMITS['drift.leaseMs'].default } },
      { ...tools, ...start, clock: systemClock, environment },
    );
    stops.push(() => bound.close());
    return await startWork({ start, settings: drift, client, journal, bound, stops }, tools);
  } catch (fault) {
    await stopAll(stops);
    throw fault;
  }
}

/** Of one part. */
type Stop = () => Promise<void> | void;

/** The last one that was started first. */
async function stopAll(stops: readonly Stop[]): Promise<void> {
  for (const stop of stops.toReversed()) await stop();
}

interface Parts {
  /** What is open, in the order of the start. */
  readonly stops: Stop[];
  readonly start: DriftStart;
  readonly settings: DriftSettings;
  readonly client: ConnectedCluster;
  readonly journal: JournalFollower;
  readonly bound: BoundElection;
}

async function startWork(
  { start, settings, client, journal, bound, stops }: Parts,
  tools: Tools,
): Promise<ThreadWork<RecordedFinding>> {
  const { configuration } = start;
  const recording = new RecordedFindings<DriftNote>(({ number, finding: note }) => {
    tools.send({ number, note });
  });
  const marks = new DriftMarks(configuration, { client, clock: systemClock });
  stops.push(() => marks.close());
  const healing = await bindHealing(configuration, {
    client,
    clock: systemClock,
    logger: tools.logger,
    state: journal.state,
    findApplication: marks.findApplication,
    record: (report) => recording.record({ healing: report }),
  });
  stops.push(() => healing?.close());
  const watch = await DriftWatch.start({
    settings,
    limits: configuration.limits,
    fieldManagers: [
      ...configuration.ownership.fieldManagers,
      ...(configuration.ownership.helm.enabled ? ['helm'] : []),
    ],
    watch: configuration.kubernetes.watch,
    client,
    journal,
    state: new DriftState(journal.state),
    election: bound.election,
    hider: bindHider(configuration.audit),
    marks,
    own: await describeOwn(start),
    argocdNamespace: configuration.ownership.argocd.namespace,
    record: (finding) => recording.record({ finding }),
    heal: healing?.ports,
    clock: systemClock,
    random: systemRandom,
    wait: systemWait,
    logger: tools.logger,
    metrics: tools.metrics,
  });
  return {
    receive: (recorded) => {
      recording.receive(recorded);
    },
    problem: () => watch.problem(),
    stop: async () => {
      recording.close();
      await watch.close();
      await stopAll(stops);
    },
  };
}

/** What `registration.manage` keeps is told by what keeps it. */
async function describeOwn({ configuration, environment }: DriftStart): Promise<OwnAdmission> {
  const { breakGlass, registration } = configuration;
  return {
    namespace: (await findOwnNamespace(environment)) ?? breakGlass.namespace,
    fieldManagers: [REGISTRATION_FIELD_MANAGER, CERTIFICATES_FIELD_MANAGER],
    registrations: [REGISTRATION_NAME, PROBE_NAME],
    keepsRegistrations: registration.manage,
    guards: ALL_GUARD_NAMES,
  };
}

// Outside of a worker thread, importing this file does nothing.
if (parentPort) serveThread(parentPort, beginDrift);
