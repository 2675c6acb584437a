/**
 * Finds every image that an object lets run, wherever the Kubernetes API has a place for one. What cannot be read is found too, and
 * told as such: nothing that is written in an unexpected way hides an image.
 *
 * Source: Kubernetes API, PodSpec (`containers`, `initContainers`, `ephemeralContainers`, `volumes[].image`, KEP-4639) and the kinds
 * that contain a PodTemplateSpec.
 */
import { isRecord } from '../base/is-record.ts';
import type { GroupVersionResource } from '../kubernetes/admission-request.ts';
import { parseReference, type ImageReference } from './parse-reference.ts';
import { IMAGE_LIMITS } from './settings.ts';

/** One image of an object. */
export type FoundImage = {
  /** Where it stands: `spec.containers[0].image`. */
  readonly path: string;
  readonly kind: ImagePlaceKind;
  /** Of the container or volume, where it has a name. */
  readonly name?: string | undefined;
} & (
  | {
      readonly status: 'parsed';
      /** As it is written. */
      readonly text: string;
      readonly reference: ImageReference;
    }
  | {
      /** It may be any image. */
      readonly status: 'unreadable';
      /** As it is written, where that is a text. */
      readonly text?: string | undefined;
      /** One sentence, without a period. */
      readonly reason: string;
    }
);

/** `custom` stands at a configured path, outside of a PodSpec. */
export type ImagePlaceKind =
  'container' | 'initContainer' | 'ephemeralContainer' | 'volume' | 'custom';

/** Keys from the root of an object; `*` is each item of a list, or each value of a map. */
export type ImagePath = readonly string[];

/** Where a custom resource has images. */
export interface CustomImages {
  readonly group: string;
  readonly resource: string;
  /** Of objects like the `spec` of a Pod. */
  readonly podSpecs: readonly ImagePath[];
  /** Of texts that are images. */
  readonly images: readonly ImagePath[];
}

const TEMPLATE: ImagePath = ['spec', 'template', 'spec'];

/** Every built-in resource that says what runs, with the place of its PodSpec. */
const POD_SPECS: ReadonlyMap<string, ImagePath> = new Map([
  ['/pods', ['spec']],
  ['/replicationcontrollers', TEMPLATE],
  ['/podtemplates', ['template', 'spec']],
  ['apps/deployments', TEMPLATE],
  ['apps/replicasets', TEMPLATE],
  ['apps/statefulsets', TEMPLATE],
  ['apps/daemonsets', TEMPLATE],
  ['batch/jobs', TEMPLATE],
  ['batch/cronjobs', ['spec', 'jobTemplate', 'spec', 'template', 'spec']],
]);

const CONTAINERS = [
  ['initContainers', 'initContainer'],
  ['containers', 'container'],
  ['ephemeralContainers', 'ephemeralContainer'],
] as const;

const IMAGES_MAX = IMAGE_LIMITS['image.imagesMax'].default;

/**
 * In the order of the object. Subresources are asked for by the resource that they belong to: `pods/ephemeralcontainers` carries the
 * whole Pod, and what carries no PodSpec (`scale`) has no images. An image that is absent is none: the Pod that is made from a
 * template without one is looked at by itself.
 */
export function findImages(
  { group, resource }: Pick<GroupVersionResource, 'group' | 'resource'>,
  object: unknown,
  custom: readonly CustomImages[] = [],
): readonly FoundImage[] {
  const places = custom.filter((one) => one.group === group && one.resource === resource);
  const builtIn = POD_SPECS.get(`${group}/${resource}`);
  const podSpecs = [
    ...(builtIn === undefined ? [] : [builtIn]),
    ...places.flatMap((one) => one.podSpecs),
  ];
  const root = { path: '', value: object };
  const found = [
    ...podSpecs.flatMap((path) => follow(root, path, 'container').flatMap(findInPodSpec)),
    ...places
      .flatMap(({ images }) => images)
      .flatMap((path) => follow(root, path, 'custom').flatMap(readPlaced)),
  ];
  return limit(found);
}

/** Of a built-in resource; `undefined` where it has none. */
export function findPodSpec(
  { group, resource }: Pick<GroupVersionResource, 'group' | 'resource'>,
  object: unknown,
): unknown {
  const path = POD_SPECS.get(`${group}/${resource}`);
  if (path === undefined) return undefined;
  const [reached] = follow({ path: '', value: object }, path, 'container');
  return reached !== undefined && 'value' in reached ? reached.value : undefined;
}

interface Placed {
  readonly path: string;
  readonly value: unknown;
}

/** A value that is there, or what stands in its way. */
type Reached = Placed | FoundImage;

function findInPodSpec(reached: Reached): readonly FoundImage[] {
  if ('status' in reached) return [reached];
  const { path: at, value: podSpec } = reached;
  if (!isRecord(podSpec)) return [unreadable(at, 'container', `${at} is not an object`)];
  const below = (path: ImagePath, kind: ImagePlaceKind): readonly Reached[] =>
    follow(reached, path, kind);
  return [
    ...CONTAINERS.flatMap(([list, kind]) =>
      below([list, '*'], kind).flatMap((item) => readItem(item, ['image'], kind)),
    ),
    ...below(['volumes', '*'], 'volume').flatMap((item) =>
      readItem(item, ['image', 'reference'], 'volume'),
    ),
  ];
}

/** The image of a container or volume. */
function readItem(item: Reached, path: ImagePath, kind: ImagePlaceKind): readonly FoundImage[] {
  if ('status' in item) return [item];
  const name = isRecord(item.value) ? item.value['name'] : undefined;
  const named = typeof name === 'string' ? { name } : {};
  return follow(item, path, kind).flatMap((reached) =>
    readImage(reached, kind).map((image) => ({ ...image, ...named })),
  );
}

function readPlaced(reached: Reached): readonly FoundImage[] {
  return readImage(reached, 'custom');
}

function readImage(reached: Reached, kind: ImagePlaceKind): readonly FoundImage[] {
  if ('status' in reached) return [reached];
  const { path, value: text } = reached;
  if (text === '') return [];
  if (typeof text !== 'string') return [unreadable(path, kind, `${path} is no text`)];
  const reading = parseReference(text);
  return [
    reading.ok
      ? { path, kind, status: 'parsed', text, reference: reading.reference }
      : {
          path,
          kind,
          status: 'unreadable',
          text,
          reason: `${path} is no image reference: ${reading.reason}`,
        },
  ];
}

/** Every value at the path. What is absent is left out; a value of another type than the path needs is unreadable. */
function follow(start: Placed, path: ImagePath, kind: ImagePlaceKind): readonly Reached[] {
  let reached: readonly Reached[] = isAbsent(start.value) ? [] : [start];
  for (const key of path) {
    reached = reached.flatMap((one) => ('status' in one ? [one] : step(one, key, kind)));
  }
  return reached;
}

function step({ path, value }: Placed, key: string, kind: ImagePlaceKind): readonly Reached[] {
  if (key === '*' && Array.isArray(value)) {
    return value.map((item: unknown, index) => place(`${path}[${index}]`, item, kind));
  }
  if (!isRecord(value)) {
    const expected = key === '*' ? 'a list or an object' : 'an object';
    return [unreadable(path, kind, `${path === '' ? 'The object' : path} is not ${expected}`)];
  }
  if (key !== '*') {
    const item = Object.hasOwn(value, key) ? value[key] : undefined;
    return isAbsent(item) ? [] : [{ path: join(path, key), value: item }];
  }
  return Object.entries(value).map(([name, item]) => place(join(path, name), item, kind));
}

/** An item of a list is there, even where it is null. */
function place(path: string, value: unknown, kind: ImagePlaceKind): Reached {
  return isAbsent(value) ? unreadable(path, kind, `${path} is null`) : { path, value };
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function unreadable(path: string, kind: ImagePlaceKind, reason: string): FoundImage {
  return { path, kind, status: 'unreadable', reason };
}

/** Whoever writes more images than are looked at must not get one through behind them. */
function limit(found: readonly FoundImage[]): readonly FoundImage[] {
  const next = found[IMAGES_MAX];
  if (next === undefined) return found;
  const reason = `There are ${found.length} images, of which ${IMAGES_MAX} are read`;
  return [...found.slice(0, IMAGES_MAX), unreadable(next.path, next.kind, reason)];
}
