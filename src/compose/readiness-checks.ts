/** What the readiness of a replica is made of, and what only asks for somebody. */
import type { ReadinessCheck } from '../server/operations-routes.ts';
import type { BoundEvidence } from './bind-evidence.ts';

/** A part that says in a sentence what somebody must look at; `undefined`: nothing. */
export interface Advisor {
  readonly problem: () => string | undefined;
}

/** What is asked at each probe: a change of the configuration replaces what is in force. */
export interface CheckedInForce {
  readonly runtime: {
    readonly engine: { readonly descriptors: readonly unknown[] };
    readonly recordFailure: 'deny' | 'allow';
  };
  /** Changed settings that wait for a restart. */
  readonly problem?: () => string | undefined;
  /** A bundle that is not taken, or a server or registry that gives none. */
  readonly bundleProblem?: () => string | undefined;
}

export interface CheckedParts extends Pick<BoundEvidence, 'problem' | 'advice' | 'journalAdvice'> {
  readonly certificates: { readonly readinessChecks: readonly ReadinessCheck[] } | undefined;
  readonly lookup: Advisor;
  readonly applications: Advisor | undefined;
  readonly registration: Advisor | undefined;
  readonly commits: Advisor;
  readonly images: Advisor;
  /** Absent: nothing looks for drift. */
  readonly drift?: Advisor | undefined;
  /** Absent: nobody reports to it. */
  readonly intake?: Advisor | undefined;
  /** Absent: there is no dashboard. */
  readonly dashboard?: Advisor | undefined;
}

/** In the order in which `/readyz` prints them. */
export function listReadinessChecks(
  inForce: CheckedInForce,
  parts: CheckedParts,
): readonly ReadinessCheck[] {
  const { problem, advice, journalAdvice, lookup, applications } = parts;
  const { commits, images, certificates, registration, drift, intake, dashboard } = parts;
  return [
    ...(certificates?.readinessChecks ?? []),
    {
      name: 'policies',
      problem: () =>
        inForce.runtime.engine.descriptors.length === 0 ? 'none is loaded' : undefined,
    },
    {
      name: 'journal',
      // If unrecorded decisions are allowed, admission continues; metrics and log show the fault.
      problem: () => (inForce.runtime.recordFailure === 'deny' ? problem() : undefined),
    },
    // A new chain goes on: what was lost before must not stop changes.
    { name: 'journal-files', problem: journalAdvice, advisory: true },
    // A failing collector must not block changes to the cluster.
    { name: 'delivery', problem: advice, advisory: true },
    // Resources that are not watched are looked up live: slower, but equally strict.
    { name: 'cluster', problem: () => lookup.problem(), advisory: true },
    // A webhook that waits for another cluster would stop this one.
    ...(applications === undefined
      ? []
      : [{ name: 'hub', problem: () => applications.problem(), advisory: true }]),
    // What is registered stays so, and its replicas must go on answering.
    ...(registration === undefined
      ? []
      : [{ name: 'registration', problem: () => registration.problem(), advisory: true }]),
    // What has a verdict is admitted as before, and the rest by the mode of its rule.
    { name: 'commits', problem: () => commits.problem(), advisory: true },
    { name: 'images', problem: () => images.problem(), advisory: true },
    // It only looks on.
    ...(drift === undefined
      ? []
      : [{ name: 'drift', problem: () => drift.problem(), advisory: true }]),
    ...(intake === undefined
      ? []
      : [{ name: 'intake', problem: () => intake.problem(), advisory: true }]),
    ...(dashboard === undefined
      ? []
      : [{ name: 'dashboard', problem: () => dashboard.problem(), advisory: true }]),
    { name: 'configuration', problem: () => inForce.problem?.(), advisory: true },
    // The last good bundle judges: as strict as before, and maybe not as its authors want it.
    { name: 'policy-bundle', problem: () => inForce.bundleProblem?.(), advisory: true },
  ];
}
