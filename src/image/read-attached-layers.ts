/**
 * Reads what lies beside an image and may be a signature, wherever tools put it: referrers, their fallback tag, and the tags of
 * cosign. None of these places hides another, as an image can have signatures of several tools.
 *
 * Source: OCI distribution specification 1.1, "Listing Referrers" and "Referrers Tag Schema"; cosign, specs/SIGNATURE_SPEC.md.
 */
import { rejectImage, type ImageFailure } from './image-failure.ts';
import type { Digest } from './match-digest.ts';
import type { RegistryClient } from './registry/registry-client.ts';
import type { Descriptor } from './registry/parse-manifest.ts';
import type { Scope } from './registry/registry-authorizer.ts';
import { REGISTRY_LIMITS } from './registry/settings.ts';

/** A layer, and where it was found. */
export interface PlacedLayer {
  /** For example `tag sha256-….sig, layer 1`. */
  readonly place: string;
  readonly mediaType: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/** Something that could not be read: it may be a signature. */
export interface PlaceFault {
  readonly place: string;
  readonly failure: ImageFailure;
}

export interface AttachedReading {
  readonly layers: readonly PlacedLayer[];
  readonly faults: readonly PlaceFault[];
}

/** What is worth reading: of the rest, nothing is fetched, and nothing counts towards a limit. */
export interface WantedLayers {
  /** By the type of an artifact; undefined where the registry does not say. */
  readonly mayHold: (artifactType: string | undefined) => boolean;
  /** By the media type of a layer. */
  readonly isWanted: (mediaType: string) => boolean;
}

const ARTIFACTS_MAX = REGISTRY_LIMITS['image.registry.artifactsMax'].default;
const LAYERS_MAX = REGISTRY_LIMITS['image.registry.layersMax'].default;
const LAYER_BYTES_MAX = REGISTRY_LIMITS['image.registry.layerBytesMax'].default;
const PAGES_MAX = REGISTRY_LIMITS['image.registry.referrerPagesMax'].default;

interface PlacedDescriptor {
  readonly place: string;
  readonly descriptor: Descriptor;
}

/** A manifest that may have layers to read: a tag, or what a list names. */
interface LayerSource {
  readonly place: string;
  readonly name: string | Digest;
}

interface Found {
  readonly descriptors: readonly PlacedDescriptor[];
  readonly faults: readonly PlaceFault[];
}

/** Never rejects: what cannot be read is a fault. */
export async function readAttachedLayers(
  client: RegistryClient,
  scope: Scope,
  { digest, wanted }: { readonly digest: Digest; readonly wanted: WantedLayers },
): Promise<AttachedReading> {
  const prefix = formatTagPrefix(digest);
  const list = (source: LayerSource) => listLayers(client, scope, { ...source, wanted });
  const [artifacts, ...tagged] = await Promise.all([
    listArtifacts(client, scope, digest),
    list({ place: `tag ${prefix}.sig`, name: `${prefix}.sig` }),
    list({ place: `tag ${prefix}.att`, name: `${prefix}.att` }),
  ]);
  const held = artifacts.descriptors.filter(({ descriptor }) =>
    wanted.mayHold(descriptor.artifactType),
  );
  const inside = await Promise.all(
    held
      .slice(0, ARTIFACTS_MAX)
      .map(({ place, descriptor }) => list({ place, name: descriptor.digest })),
  );
  const all = [...tagged, ...inside];
  const layers = all.flatMap(({ descriptors }) => descriptors);
  const chosen = chooseLayers(layers);
  const read = await Promise.all(chosen.map((layer) => readLayer(client, scope, layer)));
  return {
    layers: read.flatMap((one) => ('failure' in one ? [] : [one])),
    faults: [
      ...artifacts.faults,
      ...all.flatMap(({ faults }) => faults),
      ...read.flatMap((one) => ('failure' in one ? [one] : [])),
      ...findExcess('artifacts', held.length, Math.min(held.length, ARTIFACTS_MAX)),
      ...findExcess('layers', layers.length, chosen.length),
    ],
  };
}

/** In their order, as many as are read; one that is too large leaves room for those behind it. */
function chooseLayers(layers: readonly PlacedDescriptor[]): readonly PlacedDescriptor[] {
  const chosen: PlacedDescriptor[] = [];
  let bytes = 0;
  for (const layer of layers) {
    const { size } = layer.descriptor;
    if (chosen.length === LAYERS_MAX || bytes + size > LAYER_BYTES_MAX) continue;
    bytes += size;
    chosen.push(layer);
  }
  return chosen;
}

/** The list of the registry and the fallback tag: a list can be empty although the tag is there, where the registry was upgraded. */
async function listArtifacts(client: RegistryClient, scope: Scope, digest: Digest): Promise<Found> {
  const name = formatTagPrefix(digest);
  const place = `tag ${name}`;
  const [listed, tagged] = await Promise.all([
    client.listReferrers(scope, digest),
    client.readManifest(scope, name),
  ]);
  const faults: PlaceFault[] = [];
  const found = new Map<string, PlacedDescriptor>();
  const add = (descriptors: readonly Descriptor[]): void => {
    for (const descriptor of descriptors) {
      const { text } = descriptor.digest;
      if (!found.has(text)) found.set(text, { place: `referrer ${text}`, descriptor });
    }
  };
  if (listed.status === 'read') add(listed.descriptors ?? []);
  else faults.push({ place: 'referrers', failure: listed });
  if (listed.status === 'read' && listed.isCut) {
    faults.push(leftOut('referrers', `more than ${PAGES_MAX} pages`));
  }
  if (tagged.status === 'read' && tagged.manifest.kind === 'index') {
    add(tagged.manifest.manifests);
  } else if (tagged.status === 'read') {
    const failure = rejectImage('image_registry_lied', 'The tag of the referrers is no index');
    faults.push({ place, failure });
  } else if (!isAbsent(tagged)) {
    faults.push({ place, failure: tagged });
  }
  return { descriptors: [...found.values()], faults };
}

/** A tag has at most 128 characters, so that a longer digest is cut. */
const TAG_DIGEST_CHARS_MAX = 64;

function formatTagPrefix({ algorithm, hex }: Digest): string {
  return `${algorithm}-${hex.slice(0, TAG_DIGEST_CHARS_MAX)}`;
}

async function listLayers(
  client: RegistryClient,
  scope: Scope,
  { place, name, wanted }: LayerSource & { readonly wanted: WantedLayers },
): Promise<Found> {
  const reading = await client.readManifest(scope, name);
  if (reading.status !== 'read') {
    // A tag need not be there; what a list names must be.
    const isMissing = typeof name === 'string' && isAbsent(reading);
    return { descriptors: [], faults: isMissing ? [] : [{ place, failure: reading }] };
  }
  if (reading.manifest.kind === 'index') return { descriptors: [], faults: [] };
  const descriptors = reading.manifest.layers
    .map((descriptor, index) => ({ place: `${place}, layer ${index + 1}`, descriptor }))
    .filter(({ descriptor }) => wanted.isWanted(descriptor.mediaType));
  return { descriptors, faults: [] };
}

async function readLayer(
  client: RegistryClient,
  scope: Scope,
  { place, descriptor }: PlacedDescriptor,
): Promise<PlacedLayer | PlaceFault> {
  const reading = await client.readBlob(scope, descriptor);
  if (reading.status !== 'read') return { place, failure: reading };
  const { mediaType, annotations } = descriptor;
  return { place, mediaType, annotations, bytes: Buffer.from(reading.bytes) };
}

function isAbsent(failure: ImageFailure): boolean {
  return failure.status === 'rejected' && failure.code === 'image_absent';
}

function findExcess(place: string, count: number, read: number): readonly PlaceFault[] {
  return count > read ? [leftOut(place, `${count}, of which ${read} are read`)] : [];
}

function leftOut(place: string, found: string): PlaceFault {
  const reason = `There are ${found}: what is left out may be a signature`;
  return { place, failure: rejectImage('image_limit_exceeded', reason) };
}
