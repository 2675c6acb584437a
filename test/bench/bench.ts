/** The whole benchmark: what is started, what it is asked, and in which order. */
import { loadBundle } from '../../src/policy/load-bundle.ts';
import { buildBundle } from '../../src/authoring/build-bundle.ts';
import type { PolicyDescriptor } from '../../src/policy/descriptor.ts';
import { ensureOpa, type OpaLocation } from '../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { readPackageVersion } from '../../src/cli/package-version.ts';
import { ensureCertificates } from '../../src/certificates/ensure-certificates.ts';
import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { planCases, type BenchCase } from './bench-case.ts';
import { startHoldfast, type HoldfastServerOptions } from './holdfast-server.ts';
import { describeMachine } from './machine.ts';
import { measureTargets, type Measurements, type Target } from './measure.ts';
import { startOpa } from './opa-server.ts';
import {
  HOLDFAST,
  NO_POLICY,
  OPA_HTTP,
  OPA_TLS,
  type BenchResults,
  type StartUp,
} from './results.ts';
import { measureUndisturbedRunaway, type RunawayReport } from './runaway.ts';
import { checkHoldfast, judgeCase, type JudgedCase } from './verdict-check.ts';
import {
  findRecording,
  readRecordedReviews,
  REPOSITORY_ROOT,
  selectBenchReviews,
} from './workload.ts';

const POLICY_FOLDER = join(REPOSITORY_ROOT, 'test', 'bench', 'policies');
const RUNAWAY_FOLDER = join(REPOSITORY_ROOT, 'test', 'bench', 'policies-runaway');
const CONNECTIONS = [1, 32];
const WARM_UP_MS = 2_000;
const RUNAWAY = { connections: 16, requestsPerSecond: 400, intrusions: 5 };

export interface BenchPlan {
  readonly workFolder: string;
  readonly rounds: number;
  readonly roundMs: number;
  readonly profileFolder?: string | undefined;
  readonly progress: (line: string) => void;
}

/** What every server of one run shares. */
interface Scene {
  readonly plan: BenchPlan;
  readonly opa: OpaLocation;
  /** The built policies that Holdfast serves. */
  readonly bundleFolder: string;
  readonly descriptors: readonly PolicyDescriptor[];
  readonly cases: readonly JudgedCase[];
  readonly tls: HoldfastServerOptions['tls'];
}

/** Runs everything; takes about `rounds × seconds × 16` and a minute. */
export async function measureAll(plan: BenchPlan): Promise<BenchResults> {
  const machine = describeMachine();
  const scene = await setScene(plan);
  const startUps = await measureStartUps(scene);
  const measurements = await measureServers(scene);
  const runaway = await measureRunawayServer(scene);
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
      reviews: scene.cases.map(({ review, matching, allowed }) => ({
        title: review.title,
        bodyBytes: Buffer.byteLength(review.body),
        matching,
        allowed,
      })),
    },
    measurements,
    startUps,
    runaway,
  };
}

async function setScene(plan: BenchPlan): Promise<Scene> {
  const { workFolder, progress } = plan;
  const opa = await ensureOpa({ cacheFolder: cacheFolder(), progress });
  const bundleFolder = join(workFolder, 'bundle');
  await buildBundle({ sourceFolder: POLICY_FOLDER, outputFolder: bundleFolder, opa, progress });
  const { manifest } = await loadBundle(bundleFolder);
  const { files } = await ensureCertificates({
    folder: join(workFolder, 'certs'),
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    nowMs: Date.now(),
  });
  const scene = {
    plan,
    opa,
    bundleFolder,
    descriptors: manifest.policies,
    tls: { certificateFile: files.leafCertificate, keyFile: files.leafKey },
  };
  const cases = await planCases(selectBenchReviews(readRecordedReviews()), manifest.policies);
  return { ...scene, cases: await judgeCases(scene, cases) };
}

async function judgeCases(
  scene: Omit<Scene, 'cases'>,
  cases: readonly BenchCase[],
): Promise<readonly JudgedCase[]> {
  const server = await startOpaFor(scene, undefined);
  try {
    return await Promise.all(cases.map((benchCase) => judgeCase(server.url, benchCase)));
  } finally {
    await server.stop();
  }
}

async function measureStartUps(scene: Scene): Promise<readonly StartUp[]> {
  const starts = Array.from({ length: scene.plan.rounds }, (_, number) => number);
  const build: number[] = [];
  const serve: number[] = [];
  const opa: number[] = [];
  for (const number of starts) {
    build.push(await timeBuild(scene));
    serve.push(await timeHoldfast(scene, `start-${number}`));
    const server = await startOpaFor(scene, undefined);
    opa.push(server.startUpMs);
    await server.stop();
  }
  return [
    { what: 'holdfast policy build, once, ahead of any start', startUpMs: build },
    { what: 'holdfast serve', startUpMs: serve },
    { what: 'opa run --server', startUpMs: opa },
  ];
}

async function timeBuild({ plan, opa }: Scene): Promise<number> {
  const startedAtMs = performance.now();
  const outputFolder = join(plan.workFolder, 'timed-bundle');
  await buildBundle({ sourceFolder: POLICY_FOLDER, outputFolder, opa });
  return performance.now() - startedAtMs;
}

async function timeHoldfast({ plan, bundleFolder, tls }: Scene, name: string): Promise<number> {
  const server = await startHoldfast({ name, workFolder: plan.workFolder, bundleFolder, tls });
  await server.stop();
  return server.startUpMs;
}

function startOpaFor(
  { opa, plan, descriptors }: Omit<Scene, 'cases'>,
  tls: HoldfastServerOptions['tls'] | undefined,
): ReturnType<typeof startOpa> {
  return startOpa({
    opaPath: opa.path,
    policyFolder: POLICY_FOLDER,
    workFolder: plan.workFolder,
    descriptors,
    tls,
  });
}

async function measureServers(scene: Scene): Promise<Measurements> {
  const targets = await startTargets(scene);
  try {
    for (const { name, server } of targets) {
      if (name !== HOLDFAST) continue;
      for (const judged of scene.cases) await checkHoldfast(server.url, judged);
    }
    return await measureTargets(targets, {
      reviews: scene.cases.map(({ review }) => review),
      connections: CONNECTIONS,
      rounds: scene.plan.rounds,
      roundMs: scene.plan.roundMs,
      warmUpMs: WARM_UP_MS,
      progress: scene.plan.progress,
    });
  } finally {
    await Promise.all(targets.map(({ server }) => server.stop()));
  }
}

async function startTargets(scene: Scene): Promise<readonly Target[]> {
  const { plan, bundleFolder, tls, descriptors, cases } = scene;
  const common = { workFolder: plan.workFolder, bundleFolder, tls };
  const find = (title: string): JudgedCase => {
    const found = cases.find(({ review }) => review.title === title);
    if (found === undefined) throw new Error(`No case was planned for "${title}"`);
    return found;
  };
  const profile =
    plan.profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${plan.profileFolder}`];
  return [
    {
      name: HOLDFAST,
      server: await startHoldfast({ ...common, name: 'holdfast', nodeFlags: profile }),
      bodyFor: ({ title, body }) => ({ body, answerHolds: find(title).holdfastHolds }),
    },
    {
      name: NO_POLICY,
      server: await startHoldfast({
        ...common,
        name: 'no-policy',
        policiesOff: descriptors.map(({ name }) => name),
      }),
      bodyFor: ({ body }) => ({ body, answerHolds: '"allowed":true' }),
    },
    ...[
      { name: OPA_HTTP, server: await startOpaFor(scene, undefined) },
      { name: OPA_TLS, server: await startOpaFor(scene, tls) },
    ].map((target) => ({
      ...target,
      bodyFor: ({ title }: { readonly title: string }) => ({
        body: find(title).opaBody,
        answerHolds: find(title).opaHolds,
      }),
    })),
  ];
}

/** A bundle with the runaway among the ten, so that the others it may disturb are the same as before. */
async function measureRunawayServer({ plan, opa, tls, cases }: Scene): Promise<RunawayReport> {
  const sourceFolder = join(plan.workFolder, 'policies-with-runaway');
  await cp(POLICY_FOLDER, sourceFolder, { recursive: true });
  await cp(RUNAWAY_FOLDER, sourceFolder, { recursive: true });
  const bundleFolder = `${sourceFolder}-bundle`;
  await buildBundle({ sourceFolder, outputFolder: bundleFolder, opa });
  const server = await startHoldfast({
    name: 'runaway',
    workFolder: plan.workFolder,
    bundleFolder,
    tls,
  });
  try {
    plan.progress('measuring the runaway policy');
    return await measureUndisturbedRunaway(server, {
      ...RUNAWAY,
      bodies: cases.map(({ review, holdfastHolds }) => ({
        body: review.body,
        answerHolds: holdfastHolds,
      })),
    });
  } finally {
    await server.stop();
  }
}
