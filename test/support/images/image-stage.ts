/** The judgement of images as a serving process has it: the real thread, against a registry in this process. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { addMs, systemClock } from '../../../src/base/clock.ts';
import { systemWait } from '../../../src/base/wait.ts';
import { ImageBinder, type BoundImages } from '../../../src/compose/bind-images.ts';
import { configurationSchema, type Configuration } from '../../../src/config/schema.ts';
import { describeImages, type ImageFact } from '../../../src/image/images-fact.ts';
import { recordTelemetry, type RecordingTelemetry } from '../recording-telemetry.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { FakeRegistry, type FakeDescriptor, type FakeRegistryOptions } from './fake-registry.ts';
import {
  attach,
  legacyLayer,
  makeKeys,
  publicPem,
  putImage,
  simpleSigning,
  type Keys,
} from './image-samples.ts';

export interface ImageStage {
  readonly registry: FakeRegistry;
  readonly folder: string;
  /** Of the one authority, `release`. */
  readonly keys: Keys;
  readonly telemetry: RecordingTelemetry;
  readonly configure: (images?: object) => Configuration;
  readonly binder: ImageBinder;
  /** A process beside or after the first, on the same folder. */
  readonly openBinder: (entry?: URL) => ImageBinder;
}

/** Without it, nobody counts what the thread covers. */
const THREAD_ENVIRONMENT = { NODE_V8_COVERAGE: process.env['NODE_V8_COVERAGE'] };

/** Opens a registry, a key, and a process that trusts it for every image of that registry. */
export async function openImageStage(
  t: TestContext,
  options: FakeRegistryOptions = {},
): Promise<ImageStage> {
  const registry = await FakeRegistry.start(t, options);
  const keys = makeKeys();
  const folder = await makeTemporaryFolder(t, { 'cosign.pub': publicPem(keys) });
  const telemetry = recordTelemetry();
  const openBinder: ImageStage['openBinder'] = (entry) => {
    const binder = new ImageBinder({
      environment: THREAD_ENVIRONMENT,
      clock: systemClock,
      wait: systemWait,
      entry,
      ...telemetry,
    });
    t.after(() => binder.close());
    return binder;
  };
  const { host } = registry;
  return {
    registry,
    folder,
    keys,
    telemetry,
    openBinder,
    binder: openBinder(),
    configure: (images = {}) =>
      configurationSchema.parse({
        images: {
          folder: join(folder, 'verdicts'),
          authorities: [{ name: 'release', keyFiles: [join(folder, 'cosign.pub')] }],
          rules: [{ name: 'shop', images: [`${host}/**`], authorities: ['release'] }],
          registries: { privateHosts: [host], plainHttpHosts: [host] },
          waitMs: 20_000,
          ...images,
        },
      }),
  };
}

/** An image with the tag 1, and unless told otherwise a signature of the stage's key beside it. */
export function pushImage(
  { registry, keys }: Pick<ImageStage, 'registry' | 'keys'>,
  name: string,
  signers: readonly Keys[] = [keys],
): FakeDescriptor {
  const image = putImage(registry, name, '1');
  for (const signer of signers) signImage(registry, { name, image, signer });
  return image;
}

/** Adds a signature, as cosign wrote it before version 3. */
export function signImage(
  registry: FakeRegistry,
  {
    name,
    image,
    signer,
  }: { readonly name: string; readonly image: FakeDescriptor; readonly signer: Keys },
): void {
  const layers = [legacyLayer({ payload: simpleSigning(image.digest), signer })];
  attach(registry, name, { image, layers });
}

export interface JudgedPod {
  /** Of its containers, in order. */
  readonly images: readonly string[];
  readonly withinMs?: number;
  /** Whether a ReplicaSet made it. */
  readonly isChild?: boolean;
}

/** What policies read of a new Pod. */
export async function judgePod(
  { judgeImages }: BoundImages,
  { images, withinMs = 20_000, isChild = false }: JudgedPod,
): Promise<readonly ImageFact[]> {
  const resource = { group: '', version: 'v1', resource: 'pods' };
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: '1' };
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web',
      ...(isChild && { ownerReferences: [{ ...owner, controller: true }] }),
    },
    spec: { containers: images.map((image, index) => ({ name: `c${index}`, image })) },
  };
  const facts = describeImages({ resource, object });
  const deadlineAtMs = addMs(systemClock.monotonicMs(), withinMs);
  return (await judgeImages?.(facts, { request: { resource, object }, deadlineAtMs })) ?? facts;
}

/** `verified`, the code of the rejection, or another status. */
export function verdictsOf(facts: readonly ImageFact[]): readonly string[] {
  return facts.map(({ signature }) =>
    signature?.status === 'rejected' ? signature.code : (signature?.status ?? 'no verdict'),
  );
}

/** Replaces the keys of the authority. */
export async function writeKeys({ folder }: Pick<ImageStage, 'folder'>, keys: Keys): Promise<void> {
  await writeFile(join(folder, 'cosign.pub'), publicPem(keys));
}
