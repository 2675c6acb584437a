/**
 * Reads which images a Pod names, and which digests its kubelet reports for them.
 *
 * Source: Kubernetes API, PodStatus (`containerStatuses[].imageID`); KEP-5365 (`volumeMounts[].volumeStatus.image.imageRef`).
 */
import { z } from 'zod';
import { findImages, type FoundImage } from './find-images.ts';
import { parseDigest } from './match-digest.ts';

/** An image of a Pod. */
export interface RunningImage {
  /** As the spec names it. */
  readonly named: FoundImage;
  /** What runs. Absent where it has not started, and where the container runtime knows no digest of a registry. */
  readonly digest?: string | undefined;
}

const volumeMountSchema = z.looseObject({
  name: z.string(),
  volumeStatus: z.looseObject({ image: z.looseObject({ imageRef: z.string() }) }),
});

const statusSchema = z.looseObject({
  name: z.string(),
  imageID: z.string().catch(''),
  volumeMounts: z.array(z.unknown()).catch([]),
});

const statusesSchema = z.array(z.unknown()).catch([]);
const podSchema = z.looseObject({
  status: z.looseObject({
    containerStatuses: statusesSchema,
    initContainerStatuses: statusesSchema,
    ephemeralContainerStatuses: statusesSchema,
  }),
});

const LISTS = [
  ['containerStatuses', 'container'],
  ['initContainerStatuses', 'initContainer'],
  ['ephemeralContainerStatuses', 'ephemeralContainer'],
] as const;

/** In the order of the spec. Never throws: a status that cannot be read reports nothing. */
export function parseRunningImages(pod: unknown): readonly RunningImage[] {
  const digests = readDigests(pod);
  return findImages({ group: '', resource: 'pods' }, pod).map((named) => ({
    named,
    digest: digests.get(keyOf(named.kind, named.name)),
  }));
}

function readDigests(pod: unknown): ReadonlyMap<string, string | undefined> {
  const status = podSchema.safeParse(pod).data?.status;
  return new Map(
    LISTS.flatMap(([list, kind]) =>
      (status?.[list] ?? []).flatMap((entry) => readContainer(entry, kind)),
    ),
  );
}

/** The digests of a container, and of the image volumes that it mounts. */
function readContainer(
  entry: unknown,
  kind: FoundImage['kind'],
): readonly (readonly [string, string | undefined])[] {
  const container = statusSchema.safeParse(entry).data;
  if (container === undefined) return [];
  const volumes = container.volumeMounts.flatMap((mount) => {
    const volume = volumeMountSchema.safeParse(mount).data;
    if (volume === undefined) return [];
    const { imageRef } = volume.volumeStatus.image;
    return [[keyOf('volume', volume.name), readDigest(imageRef)] as const];
  });
  return [[keyOf(kind, container.name), readDigest(container.imageID)], ...volumes];
}

/** Names of containers and volumes have no spaces. */
function keyOf(kind: FoundImage['kind'], name: string | undefined): string {
  return `${kind} ${name ?? ''}`;
}

/** Of `REPOSITORY@DIGEST`. A digest alone is that of the image's configuration, which registries do not know. */
function readDigest(imageId: string): string | undefined {
  const at = imageId.lastIndexOf('@');
  return at === -1 ? undefined : parseDigest(imageId.slice(at + 1))?.text;
}
