/** The configuration's list of custom resources that have images. */
import { z } from 'zod';
import { section } from '../settings/value-schemas.ts';
import { IMAGE_PRESETS, type ImagePlaces, type ImagePresetName } from './custom-image-presets.ts';
import type { CustomImages } from './find-images.ts';
import { parseImagePath } from './parse-image-path.ts';
import { IMAGE_LIMITS } from './settings.ts';

const RESOURCES_MAX = IMAGE_LIMITS['image.customResourcesMax'].default;
const PATHS_MAX = IMAGE_LIMITS['image.customPathsMax'].default;
/** KEYS_MAX keys of a path; the names of fields in Kubernetes types are shorter than 32 characters. */
const PATH_CHARS_MAX = 1024;

const PRESET_NAMES = Object.keys(IMAGE_PRESETS).filter(isPresetName);

const pathsSchema = z
  .array(
    z
      .string()
      .max(PATH_CHARS_MAX)
      .superRefine((text, context) => {
        const reading = parseImagePath(text);
        if (reading.ok) return;
        const message = `Expected a path of keys with dots between, found "${text}": ${reading.reason}`;
        context.addIssue({ code: 'custom', message });
      }),
  )
  .min(1)
  .max(PATHS_MAX)
  .optional();

const customResourceSchema = section({
  preset: z.enum(PRESET_NAMES).optional().describe('The resources of a project that is known.'),
  group: z
    .string()
    .regex(
      /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u,
      'Expected the group of a custom resource without its version, as in "argoproj.io"',
    )
    .optional()
    .describe('The API group, without a version.'),
  resource: z
    .string()
    .regex(
      /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u,
      'Expected the plural in lower case without a subresource, as in "rollouts"',
    )
    .optional()
    .describe('The plural, in lower case.'),
  podSpecs: pathsSchema.describe(
    'Where it has what the "spec" of a Pod has: containers, init containers, ephemeral containers and image volumes.',
  ),
  images: pathsSchema.describe('Where it has a text that is an image.'),
}).superRefine((entry, context) => {
  const { preset, group, resource, podSpecs, images } = entry;
  const isNamed = group !== undefined && resource !== undefined;
  const hasPlaces = podSpecs !== undefined || images !== undefined;
  const isOwn = [group, resource, podSpecs, images].some((value) => value !== undefined);
  if (preset === undefined ? isNamed && hasPlaces : !isOwn) return;
  const message =
    preset === undefined
      ? 'Expected group, resource, and podSpecs or images; or a preset'
      : 'Expected a preset alone: write another entry for group, resource, podSpecs and images';
  context.addIssue({ code: 'custom', message });
});

/** Each entry is a preset, or a resource with its paths. */
export const customImagesSchema = z.array(customResourceSchema).max(RESOURCES_MAX).readonly();

/** As the configuration gives it. */
export type CustomImagesSettings = z.output<typeof customImagesSchema>;

/** What `findImages` takes. The settings are valid. */
export function readCustomImages(settings: CustomImagesSettings): readonly CustomImages[] {
  return settings.flatMap(({ preset, group = '', resource = '', podSpecs, images }) => {
    const places: readonly ImagePlaces[] =
      preset === undefined
        ? [{ group, resource, ...(podSpecs && { podSpecs }), ...(images && { images }) }]
        : IMAGE_PRESETS[preset];
    return places.map((one) => ({
      group: one.group,
      resource: one.resource,
      podSpecs: readPaths(one.podSpecs),
      images: readPaths(one.images),
    }));
  });
}

function readPaths(texts: readonly string[] = []) {
  return texts.flatMap((text) => {
    const reading = parseImagePath(text);
    return reading.ok ? [reading.path] : [];
  });
}

function isPresetName(name: string): name is ImagePresetName {
  return Object.hasOwn(IMAGE_PRESETS, name);
}
