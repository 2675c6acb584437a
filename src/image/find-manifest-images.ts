/** The images of a manifest before it is applied: its resource is told by its kind alone. */
import { isRecord } from '../base/is-record.ts';
import { findImages } from './find-images.ts';

/**
 * As they are written; empty where there are none that can be read. Of built-in kinds, whose plural is their name in lower case
 * and an "s": those of custom resources are found when they are written.
 */
export function findManifestImages(manifest: unknown): readonly string[] {
  if (!isRecord(manifest)) return [];
  const { apiVersion, kind } = manifest;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return [];
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  const found = findImages({ group, resource: `${kind.toLowerCase()}s` }, manifest);
  return [...new Set(found.flatMap((image) => (image.status === 'parsed' ? [image.text] : [])))];
}
