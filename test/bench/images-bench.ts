/**
 * What the judgement of images costs: a request whose verdicts are known, Pods whose images nobody has seen against a registry that takes
 * its time, the main thread while keyless signatures are verified, and memory. The judging process is a real one with its thread; the
 * registry is in this process.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClosingStack } from '../support/closing-hooks.ts';
import { FakeRegistry } from '../support/images/fake-registry.ts';
import {
  attach,
  BUNDLE,
  bundleLayer,
  logEnvelope,
  makeKeys,
  preAuthEncoding,
  publicPem,
  putImage,
  signBytes,
  statement,
} from '../support/images/image-samples.ts';
import { pushImage } from '../support/images/image-stage.ts';
import { ada, EMAIL, instance, ISSUER } from '../support/images/judge-candidate.ts';
import {
  IMAGES_OF_POD,
  imagesReportSchema,
  KEPT_VERDICTS,
  PODS,
  REGISTRY_DELAY_MS,
  WEBHOOK_TIMEOUT_MS,
  type ImagesOrder,
  type ImagesReport,
  type ImagesRun,
} from './images-order.ts';
import { MachineWatch } from './machine.ts';
import { formatImages } from './report-images.ts';
import { runProcess } from './run-process.ts';

const PROCESS = join(import.meta.dirname, 'images-process.ts');
/** An image has a verdict by its tag, and one by its digest. */
const KEPT_IMAGES = KEPT_VERDICTS / 2;
const KEYLESS_IMAGES = 100;
const PATIENCE_MS = 60_000;
/** Below `images.pendingMax`. */
const CONCURRENT_PODS = 20;
/** The most that can be configured. */
const LONG_WAIT_MS = 20_000;

export type Progress = (line: string) => void;

/** Runs everything, and returns the report. */
export async function measureImages({
  workFolder,
  rounds,
  progress,
}: {
  readonly workFolder: string;
  readonly rounds: number;
  readonly progress: Progress;
}): Promise<string> {
  const watch = await MachineWatch.start();
  const bench = { workFolder, progress };
  const shared = await measureSlow(bench, 'slow-shared', sharedPods());
  const distinct = await measureSlow(bench, 'slow-distinct', podsOf(PODS * IMAGES_OF_POD));
  const keyless = await measureKeyless(bench);
  const kept = await measureKept(bench, rounds);
  return formatImages({ shared, distinct, keyless, kept, rounds, machine: await watch.stop() });
}

interface Bench {
  readonly workFolder: string;
  readonly progress: Progress;
}

/** All at once, and nothing known. */
async function measureSlow(
  bench: Bench,
  name: string,
  pods: readonly (readonly string[])[],
): Promise<ImagesRun> {
  return await run(bench, {
    name,
    pods,
    registry: { delayMs: REGISTRY_DELAY_MS },
    order: { concurrentMax: PODS, withinMs: WEBHOOK_TIMEOUT_MS, cachedRounds: 0 },
  });
}

async function measureKept(bench: Bench, rounds: number): Promise<ImagesRun> {
  const measured = await run(bench, {
    name: 'kept',
    pods: podsOf(KEPT_IMAGES),
    isStartedAgain: true,
    images: { waitMs: LONG_WAIT_MS },
    order: { concurrentMax: CONCURRENT_PODS, withinMs: PATIENCE_MS, cachedRounds: rounds },
  });
  if (measured.report.verdictsKept !== KEPT_VERDICTS) {
    throw new Error(
      `The process keeps ${measured.report.verdictsKept} verdicts, not ${KEPT_VERDICTS}`,
    );
  }
  return measured;
}

/** By certificates of one instance of Sigstore. */
async function measureKeyless(bench: Bench): Promise<ImagesRun> {
  const folder = join(bench.workFolder, 'sigstore');
  await mkdir(folder);
  const file = join(folder, 'trusted_root.json');
  await writeFile(file, JSON.stringify(instance.trustedRoot()));
  const identities = [{ issuer: ISSUER, subject: EMAIL }];
  return await run(bench, {
    name: 'keyless',
    pods: podsOf(KEYLESS_IMAGES),
    push: pushKeyless,
    images: {
      waitMs: LONG_WAIT_MS,
      trustedRoots: [{ name: 'local', file }],
      authorities: [{ name: 'release', identities, trustedRoot: 'local' }],
    },
    order: { concurrentMax: CONCURRENT_PODS, withinMs: PATIENCE_MS, cachedRounds: 0 },
  });
}

function pushKeyless(registry: FakeRegistry, name: string): void {
  const image = putImage(registry, name, '1');
  const payload = statement(image.digest);
  const signature = signBytes(ada, preAuthEncoding(payload));
  const entries = [logEnvelope(instance, { signer: ada, payload, signature })];
  const { bytes } = bundleLayer({ certificate: ada.certificate, payload, signature, entries });
  attach(registry, name, { image, layers: [{ bytes, mediaType: BUNDLE }] });
}

interface Plan {
  readonly name: string;
  /** Names of images. */
  readonly pods: readonly (readonly string[])[];
  /** @default with a signature of the key of this run, as cosign wrote it before version 3 */
  readonly push?: (registry: FakeRegistry, name: string) => void;
  readonly registry?: { readonly delayMs: number };
  /** Whether another process follows on the same folder, which judges the first Pod. */
  readonly isStartedAgain?: boolean;
  /** Settings besides. */
  readonly images?: object;
  readonly order: Pick<ImagesOrder, 'concurrentMax' | 'withinMs' | 'cachedRounds'>;
}

async function run({ workFolder, progress }: Bench, plan: Plan): Promise<ImagesRun> {
  const folder = join(workFolder, plan.name);
  await mkdir(folder);
  const keys = makeKeys();
  const keyFile = join(folder, 'cosign.pub');
  await writeFile(keyFile, publicPem(keys));
  const closing = new ClosingStack();
  try {
    const registry = await FakeRegistry.start(closing, plan.registry);
    const { push = (to, name) => void pushImage({ registry: to, keys }, name) } = plan;
    for (const name of new Set(plan.pods.flat())) push(registry, name);
    const { host } = registry;
    const order: ImagesOrder = {
      ...plan.order,
      images: {
        folder: join(folder, 'verdicts'),
        authorities: [{ name: 'release', keyFiles: [keyFile] }],
        rules: [{ name: 'shop', images: [`${host}/**`], authorities: ['release'] }],
        registries: { privateHosts: [host], plainHttpHosts: [host] },
        ...plan.images,
      },
      pods: plan.pods.map((names) => names.map((name) => `${host}/${name}:1`)),
    };
    const report = imagesReportSchema.parse(await runProcess(PROCESS, order));
    const startedAgain = plan.isStartedAgain === true ? await startAgain(order) : undefined;
    progress(
      `${plan.name}: ${JSON.stringify(report.verdicts)} in ${Math.round(report.totalMs)} ms`,
    );
    return { report, startedAgain, ...countRequests(registry) };
  } finally {
    await closing.close();
  }
}

async function startAgain({ pods, ...order }: ImagesOrder): Promise<ImagesReport> {
  const asked: ImagesOrder = { ...order, pods: pods.slice(0, 1), cachedRounds: 0 };
  return imagesReportSchema.parse(await runProcess(PROCESS, asked));
}

function countRequests({
  requests,
}: FakeRegistry): Pick<ImagesRun, 'requests' | 'manifestFetches'> {
  const counts = new Map<string, number>();
  for (const { path } of requests) {
    if (path.endsWith('/manifests/1')) counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  const sorted = [...counts.values()].toSorted((a, b) => a - b);
  return {
    requests: requests.length,
    manifestFetches: { min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 },
  };
}

/** Pods of one workload: the same images in each. */
function sharedPods(): readonly (readonly string[])[] {
  const [pod = []] = podsOf(IMAGES_OF_POD);
  return Array.from({ length: PODS }, () => pod);
}

/** Pods that share no image. */
function podsOf(images: number): readonly (readonly string[])[] {
  return Array.from({ length: images / IMAGES_OF_POD }, (_, pod) => namesOf(pod));
}

function namesOf(pod: number): readonly string[] {
  const first = pod * IMAGES_OF_POD;
  return Array.from({ length: IMAGES_OF_POD }, (_, index) => `shop/image-${first + index}`);
}
