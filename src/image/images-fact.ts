/** What policies read of the images of an object (`input.facts.images`). */
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import { findImages, type CustomImages, type FoundImage } from './find-images.ts';
import type { ImageSignatureFact } from './image-conclusion.ts';
import type { ImageReference } from './parse-reference.ts';

/** One image. Flat, as policies read it; of an unreadable one there is no part of a reference. */
export interface ImageFact extends Partial<ImageReference> {
  /** Where it stands: `spec.containers[0].image`. */
  readonly path: string;
  readonly kind: FoundImage['kind'];
  /** Of the container or volume. */
  readonly name?: string | undefined;
  readonly status: FoundImage['status'];
  /** As it is written, where that is a text. */
  readonly text?: string | undefined;
  /** Why it is unreadable. */
  readonly reason?: string | undefined;
  /**
   * Whether the stored object does not name it, at any place. An object that is there already must stay editable: its finalizers
   * are taken off by an update.
   */
  readonly isNew: boolean;
  /** Of a new image that can be read, where the configuration judges images. */
  readonly signature?: ImageSignatureFact | undefined;
}

/** Of the new object; an UPDATE is compared with the stored one. Never throws. */
export function describeImages(
  { resource, object, oldObject }: Pick<AdmissionRequest, 'resource' | 'object' | 'oldObject'>,
  custom: readonly CustomImages[] = [],
): readonly ImageFact[] {
  const found = findImages(resource, object, custom);
  if (found.length === 0) return [];
  const stored = new Set(findImages(resource, oldObject, custom).map(({ text }) => text));
  return found.map((image) => describe(image, stored));
}

function describe(image: FoundImage, stored: ReadonlySet<string | undefined>): ImageFact {
  // What has no text may be another image than before.
  const isNew = image.text === undefined || !stored.has(image.text);
  if (image.status === 'unreadable') return { ...image, isNew };
  const { reference, ...rest } = image;
  return { ...rest, ...reference, isNew };
}
