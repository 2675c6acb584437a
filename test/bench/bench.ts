/** The whole benchmark: what is started, what it is asked, and in which order. */
import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buildBundle } from '../../src/authoring/build-bundle.ts';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { ensureCertificates } from '../../src/certificates/ensure-certificates.ts';
import { readPackageVersion } from '../../src/cli/package-version.ts';
import { loadBundle } from '../../src/policy/load-bundle.ts';
import { planCases } from './bench-case.ts';
import { measureFollowed } from './followed-bench.ts';
import { measureGrowth } from './growth-bench.ts';
import { measureEndurance } from './endurance.ts';
import { measureApiServer } from './api-server-bench.ts';
import { buildShipped } from './build-shipped.ts';
import { BUILT_ENTRY, SOURCE_ENTRY, startHoldfast } from './holdfast-server.ts';
import { describeMachine, MachineWatch } from './machine.ts';
import { measureTargets, type Load, type Measurements, type WarmUp } from './measure.ts';
import {
  GATEKEEPER,
  HOLDFAST,
  HOLDFAST_SOURCES,
  OTHER_BUILD,
  type ApartResults,
  type BenchResults,
  type Endurance,
  type StartUp,
} from './results.ts';
import type { RunningServer } from './server-process.ts';
import type { NamedRunaways } from './report-runaway.ts';
import {
  measureRunaway,
  measureUndisturbedRunaway,
  writeRunawayPolicies,
  type RunawayPlan,
  type RunawayReport,
} from './runaway.ts';
import {
  startOpaFor,
  startTargets,
  stopTargets,
  type Scene,
  type TargetChoice,
} from './targets.ts';
import { checkGatekeeper, checkHoldfast, judgeCase, type JudgedCase } from './verdict-check.ts';
import {
  findRecording,
  POLICY_FOLDER,
  QUIET,
  readRecordedReviews,
  RECORDED,
  refuseReview,
  REPOSITORY_ROOT,
  selectBenchReviews,
  type BenchReview,
} from './workload.ts';

const RUNAWAY_FOLDER = join(REPOSITORY_ROOT, 'test', 'bench', 'policies-runaway');
const LOADS: readonly Load[] = [
  { connections: 1 },
  { connections: 32 },
  // As many as an API server opens for a stream of writes; few enough that none of them waits.
  { connections: 8, requestsPerSecond: 500 },
];
const WARM_UP: WarmUp = { roundMs: 4_000, roundsMax: 6 };
const QUICK_WARM_UP: WarmUp = { roundMs: 1_000, roundsMax: 3 };
/** What is compared with OPA's verdicts. */
const CHECKS: Readonly<Record<string, typeof checkHoldfast>> = {
  [HOLDFAST]: checkHoldfast,
  [HOLDFAST_SOURCES]: checkHoldfast,
  [OTHER_BUILD]: checkHoldfast,
  [GATEKEEPER]: checkGatekeeper,
};
const RUNAWAY = { connections: 32, requestsPerSecond: 400 };

export interface BenchPlan {
  readonly workFolder: string;
  readonly rounds: number;
  readonly roundMs: number;
  /** Compares throughput and latency alone, with short warm-ups, and keeps disturbed rounds. */
  readonly quick: boolean;
  /** Measures Gatekeeper beside the others; it is built on the first run. */
  readonly gatekeeper: boolean;
  /** The entry of another build of Holdfast. */
  readonly otherEntry?: string | undefined;
  /** How many requests show whether memory grows; 0 for none. */
  readonly enduranceRequests: number;
  /** Also measures what has a report of its own and a row among the targets; a cluster is built on the first run. */
  readonly apart: boolean;
  readonly profileFolder?: string | undefined;
  readonly progress: (line: string) => void;
}

interface JudgedScene {
  readonly plan: BenchPlan;
  readonly scene: Scene;
  readonly cases: readonly JudgedCase[];
  /** The same reviews, refused: asked once, and not measured. */
  readonly refused: readonly JudgedCase[];
}

/** Runs everything; takes about `rounds × seconds × 72` and some minutes. */
export async function measureAll(plan: BenchPlan): Promise<BenchResults> {
  const machine = describeMachine();
  buildShipped(plan);
  const judged = await setScene(plan);
  const { scene, cases } = judged;
  const startUps = plan.quick ? [] : await measureStartUps(judged);
  const measurements = await measureServers(judged);
  const runaway = plan.quick ? undefined : await measureRunawayServer(judged);
  const endurance = await measureEnduranceServer(judged);
  const apart = plan.apart ? await measureApart(plan) : undefined;
  return {
    date: new Date().toISOString().slice(0, 10),
    machine,
    holdfastVersion: readPackageVersion(),
    opaVersion: scene.opa.version,
    plan: {
      rounds: plan.rounds,
      roundMs: plan.roundMs,
      policies: scene.descriptors.length,
      recording: basename(findRecording()),
      reviews: cases.map(({ review, matching, allowed }) => ({
        title: review.title,
        bodyBytes: Buffer.byteLength(review.body),
        matching,
        allowed,
      })),
    },
    measurements,
    startUps,
    runaway,
    endurance,
    apart,
  };
}

async function measureApart({ workFolder, rounds, progress }: BenchPlan): Promise<ApartResults> {
  progress('measuring writes through an API server');
  const apiServer = await measureApiServer({ rounds: rounds * 5, writes: 150, progress });
  progress('measuring followed objects');
  const followed = await measureFollowed({ workFolder, progress });
  progress('measuring more policies');
  const growth = await measureGrowth({ rounds: rounds * 10, progress });
  return { apiServer, followed, growth };
}

async function setScene(plan: BenchPlan): Promise<JudgedScene> {
  const { workFolder, progress } = plan;
  const opa = await ensureOpa({ cacheFolder: cacheFolder(), progress });
  const bundleFolder = join(workFolder, 'bundle');
  await buildBundle({ sourceFolder: POLICY_FOLDER, output: bundleFolder, opa, progress });
  const { manifest } = await loadBundle(bundleFolder);
  const { files } = await ensureCertificates({
    folder: join(workFolder, 'certs'),
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    nowMs: Date.now(),
  });
  const tls = { certificateFile: files.leafCertificate, keyFile: files.leafKey };
  const scene: Scene = { workFolder, opa, bundleFolder, descriptors: manifest.policies, tls };
  return { plan, scene, ...(await judgeCases(scene, plan)) };
}

async function judgeCases(
  scene: Scene,
  { quick }: Pick<BenchPlan, 'quick'>,
): Promise<Pick<JudgedScene, 'cases' | 'refused'>> {
  const reviews = selectBenchReviews(readRecordedReviews()).filter(
    ({ title }) => !quick || title === QUIET || title === RECORDED,
  );
  const judge = async (
    asked: readonly BenchReview[],
    { url }: RunningServer,
  ): Promise<readonly JudgedCase[]> => {
    const cases = await planCases(asked, scene.descriptors);
    return Promise.all(cases.map((benchCase) => judgeCase(url, benchCase)));
  };
  const server = await startOpaFor(scene, undefined);
  try {
    const refused = reviews.filter(({ title }) => title !== QUIET).map(refuseReview);
    return { cases: await judge(reviews, server), refused: await judge(refused, server) };
  } finally {
    await server.stop();
  }
}

async function measureStartUps({ plan, scene }: JudgedScene): Promise<readonly StartUp[]> {
  const watch = await MachineWatch.start();
  const build: number[] = [];
  const built: number[] = [];
  const sources: number[] = [];
  const opa: number[] = [];
  for (let number = 0; number < plan.rounds; number += 1) {
    build.push(await timeBuild(scene));
    built.push(await timeHoldfast(scene, BUILT_ENTRY));
    sources.push(await timeHoldfast(scene, SOURCE_ENTRY));
    const server = await startOpaFor(scene, undefined);
    opa.push(server.startUpMs);
    await server.stop();
  }
  const { disturbance } = await watch.stop();
  return [
    { what: 'holdfast policy build, once, ahead of any start', startUpMs: build, disturbance },
    { what: HOLDFAST, startUpMs: built, disturbance },
    { what: HOLDFAST_SOURCES, startUpMs: sources, disturbance },
    { what: 'opa run --server', startUpMs: opa, disturbance },
  ];
}

async function timeBuild({ workFolder, opa }: Scene): Promise<number> {
  const startedAtMs = performance.now();
  const output = join(workFolder, 'timed-bundle');
  await buildBundle({ sourceFolder: POLICY_FOLDER, output, opa });
  return performance.now() - startedAtMs;
}

async function timeHoldfast(scene: Scene, entry: string): Promise<number> {
  const server = await startHoldfast({ ...scene, name: 'start', entry });
  await server.stop();
  return server.startUpMs;
}

async function measureServers({ plan, scene, cases, refused }: JudgedScene): Promise<Measurements> {
  const choice: TargetChoice = { ...plan, cases };
  const targets = await startTargets(scene, choice);
  try {
    for (const { name, server } of targets) {
      const check = CHECKS[name];
      for (const judged of [...cases, ...refused]) await check?.(server.url, judged);
    }
    return await measureTargets(targets, {
      reviews: cases.map(({ review }) => review),
      loads: plan.quick ? LOADS.slice(0, 2) : LOADS,
      rounds: plan.rounds,
      roundMs: plan.roundMs,
      warmUp: plan.quick ? QUICK_WARM_UP : WARM_UP,
      keepsDisturbed: plan.quick,
      progress: plan.progress,
    });
  } finally {
    await stopTargets(targets);
  }
}

async function measureRunawayServer(judged: JudgedScene): Promise<RunawayReport> {
  const plan = await planRunaway(judged);
  judged.plan.progress('measuring policies that never end');
  return measureUndisturbedRunaway(plan(BUILT_ENTRY));
}

/** Measures nothing but policies that never end, round by round, beside another build where one is given. */
export async function measureRunawaysAlone(plan: BenchPlan): Promise<readonly NamedRunaways[]> {
  buildShipped(plan);
  const planOf = await planRunaway(await setScene(plan));
  const entries: (readonly [target: string, entry: string])[] = [[HOLDFAST, BUILT_ENTRY]];
  if (plan.otherEntry !== undefined) entries.push([OTHER_BUILD, plan.otherEntry]);
  const rounds: NamedRunaways[] = [];
  for (let round = 1; round <= plan.rounds; round += 1) {
    for (const [target, entry] of entries) {
      plan.progress(`round ${round} of ${plan.rounds}: ${target}`);
      rounds.push({ target, report: await measureRunaway(planOf(entry)) });
    }
  }
  return rounds;
}

/** A bundle with the runaways among the ten, so that the others it may disturb are the same as before. */
async function planRunaway({ scene, cases }: JudgedScene): Promise<(entry: string) => RunawayPlan> {
  const sourceFolder = join(scene.workFolder, 'policies-with-runaway');
  await cp(POLICY_FOLDER, sourceFolder, { recursive: true });
  await writeRunawayPolicies(RUNAWAY_FOLDER, sourceFolder);
  const bundleFolder = `${sourceFolder}-bundle`;
  await buildBundle({ sourceFolder, output: bundleFolder, opa: scene.opa });
  return (entry) => ({
    ...RUNAWAY,
    bodies: bodiesOf(cases),
    start: () => startHoldfast({ ...scene, bundleFolder, name: 'runaway', entry }),
  });
}

async function measureEnduranceServer({
  plan,
  scene,
  cases,
}: JudgedScene): Promise<Endurance | undefined> {
  if (plan.enduranceRequests === 0) return undefined;
  const server = await startHoldfast({ ...scene, name: 'endurance', entry: BUILT_ENTRY });
  try {
    return await measureEndurance(server, {
      requests: plan.enduranceRequests,
      bodies: bodiesOf(cases),
      progress: plan.progress,
    });
  } finally {
    await server.stop();
  }
}

function bodiesOf(
  cases: readonly JudgedCase[],
): readonly { readonly body: string; readonly answerHolds: string }[] {
  return cases.map(({ review, holdfastHolds }) => ({
    body: review.body,
    answerHolds: holdfastHolds,
  }));
}
