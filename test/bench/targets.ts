/** The servers that are measured beside each other. */
import type { OpaLocation } from '../../src/authoring/opa-binary.ts';
import type { PolicyDescriptor } from '../../src/policy/descriptor.ts';
import { startBareServer } from './bare-reference.ts';
import {
  BUILT_ENTRY,
  SOURCE_ENTRY,
  startHoldfast,
  type HoldfastServerOptions,
} from './holdfast-server.ts';
import { startGatekeeper } from './gatekeeper-server.ts';
import type { Target } from './measure.ts';
import { startOpa } from './opa-server.ts';
import {
  CONSTANT,
  GATEKEEPER,
  HOLDFAST,
  HOLDFAST_SOURCES,
  LIMIT,
  NO_POLICY,
  OPA_HTTP,
  OPA_TLS,
  OTHER_BUILD,
} from './results.ts';
import type { JudgedCase } from './verdict-check.ts';
import { POLICY_FOLDER, type BenchReview } from './workload.ts';

/** What every server of one run shares. */
export interface Scene {
  readonly workFolder: string;
  readonly opa: OpaLocation;
  /** The built policies that Holdfast serves. */
  readonly bundleFolder: string;
  readonly descriptors: readonly PolicyDescriptor[];
  readonly tls: HoldfastServerOptions['tls'];
}

export interface TargetChoice {
  readonly cases: readonly JudgedCase[];
  /** Without the references that take long and change little. */
  readonly quick: boolean;
  /** Also Gatekeeper, which needs a cluster. */
  readonly gatekeeper: boolean;
  readonly progress: (line: string) => void;
  /** The entry of another build of Holdfast, measured beside this one. */
  readonly otherEntry?: string | undefined;
  readonly profileFolder?: string | undefined;
}

/** Starts all of them; what was started before one failed is stopped. */
export async function startTargets(scene: Scene, choice: TargetChoice): Promise<readonly Target[]> {
  const started: Target[] = [];
  try {
    for (const start of planTargets(scene, choice)) started.push(await start());
    return started;
  } catch (fault) {
    await stopTargets(started);
    throw fault;
  }
}

export async function stopTargets(targets: readonly Target[]): Promise<void> {
  await Promise.all(targets.map(({ server }) => server.stop()));
}

/** OPA's server, over HTTP without `tls`. */
export function startOpaFor(
  { opa, workFolder, descriptors }: Scene,
  tls: HoldfastServerOptions['tls'] | undefined,
): ReturnType<typeof startOpa> {
  return startOpa({ opaPath: opa.path, policyFolder: POLICY_FOLDER, workFolder, descriptors, tls });
}

type Start = () => Promise<Target>;

function planTargets(scene: Scene, choice: TargetChoice): readonly Start[] {
  const { quick, otherEntry } = choice;
  return [
    ...(quick ? [] : [planBare(scene, CONSTANT, 'constant')]),
    planBare(scene, LIMIT, 'parse'),
    planWithoutPolicies(scene),
    planHoldfast(scene, choice, { name: HOLDFAST, entry: BUILT_ENTRY }),
    ...(quick
      ? []
      : [planHoldfast(scene, choice, { name: HOLDFAST_SOURCES, entry: SOURCE_ENTRY })]),
    ...(otherEntry === undefined
      ? []
      : [planHoldfast(scene, choice, { name: OTHER_BUILD, entry: otherEntry })]),
    planOpa(scene, choice, { name: OPA_HTTP, tls: undefined }),
    ...(quick ? [] : [planOpa(scene, choice, { name: OPA_TLS, tls: scene.tls })]),
    ...(choice.gatekeeper ? [planGatekeeper(scene, choice)] : []),
  ];
}

function planBare(scene: Scene, name: string, mode: 'constant' | 'parse'): Start {
  return async () => ({
    name,
    server: await startBareServer(mode, scene),
    bodyFor: ({ body }) => ({ body, answerHolds: '"allowed":true' }),
  });
}

function planWithoutPolicies({ descriptors, ...scene }: Scene): Start {
  return async () => ({
    name: NO_POLICY,
    server: await startHoldfast({
      ...scene,
      name: 'no-policy',
      entry: BUILT_ENTRY,
      policiesOff: descriptors.map(({ name }) => name),
    }),
    bodyFor: ({ body }) => ({ body, answerHolds: '"allowed":true' }),
  });
}

function planHoldfast(
  scene: Scene,
  { cases, profileFolder }: TargetChoice,
  { name, entry }: { readonly name: string; readonly entry: string },
): Start {
  const nodeFlags =
    profileFolder === undefined || name !== HOLDFAST
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  return async () => ({
    name,
    server: await startHoldfast({ ...scene, name: name.replaceAll(' ', '-'), entry, nodeFlags }),
    bodyFor: (review) => ({
      body: review.body,
      answerHolds: findCase(cases, review).holdfastHolds,
    }),
  });
}

function planOpa(
  scene: Scene,
  { cases }: TargetChoice,
  { name, tls }: { readonly name: string; readonly tls: HoldfastServerOptions['tls'] | undefined },
): Start {
  return async () => ({
    name,
    server: await startOpaFor(scene, tls),
    bodyFor: (review) => {
      const { opaBody, opaHolds } = findCase(cases, review);
      return { body: opaBody, answerHolds: opaHolds };
    },
  });
}

function planGatekeeper(scene: Scene, { cases, progress }: TargetChoice): Start {
  return async () => ({
    name: GATEKEEPER,
    server: await startGatekeeper({
      ...scene,
      policyFolder: POLICY_FOLDER,
      namespaces: cases.flatMap(({ review }) => review.request.namespace ?? []),
      probeBody: cases[0]?.review.body ?? '',
      progress,
    }),
    bodyFor: (review) => ({
      body: review.body,
      answerHolds: findCase(cases, review).gatekeeperHolds,
    }),
  });
}

function findCase(cases: readonly JudgedCase[], { title }: BenchReview): JudgedCase {
  const found = cases.find(({ review }) => review.title === title);
  if (found === undefined) throw new Error(`No case was planned for "${title}"`);
  return found;
}
