/** Where an image is read, if its registry is asked elsewhere. */
import type { ImageReference } from './parse-reference.ts';

/** Of the configuration. */
export interface RegistryMirror {
  readonly registry: string;
  /** `HOST`, or `HOST/PATH`. */
  readonly place: string;
}

/** The first mirror of its registry; the same reference where there is none. */
export function mirrorReference(
  reference: ImageReference,
  mirrors: readonly RegistryMirror[],
): ImageReference {
  const mirror = mirrors.find(({ registry }) => registry === reference.registry);
  if (mirror === undefined) return reference;
  const [registry = '', ...path] = mirror.place.split('/');
  return { ...reference, registry, repository: [...path, reference.repository].join('/') };
}
