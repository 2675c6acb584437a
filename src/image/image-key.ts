/** Under what verdicts about images are kept. */
import { formatReference, type ImageReference } from './parse-reference.ts';

/** What a verdict about an image depends on. */
export interface ImageKey {
  /** In its one form, with digest or tag. */
  readonly image: string;
  /** The rule that judges. */
  readonly rule: string;
  /** Whose credentials read it: no tenant learns of an image that only another one may read. */
  readonly scope: string;
  /** Of the rules and of every file of keys: a change of either asks again. */
  readonly trustHash: string;
}

/** As keys name an image. A digest counts, whatever the tag is: all tags of one digest share a verdict. */
export function nameImage(
  { registry, repository, tag, digest: own }: ImageReference,
  digest = own,
): string {
  return formatReference({
    registry,
    repository,
    ...(digest === undefined ? { tag } : { digest }),
  });
}

/** A control character separates the parts: none of them contains one. */
export function formatImageKey({ trustHash, scope, image, rule }: ImageKey): string {
  return [trustHash, scope, image, rule].join('\u0000');
}

/** The keys of an image and of what its Pods name: a Pod that was patched names the digest. */
export function formatImageKeys(
  key: ImageKey,
  reference: ImageReference,
  digest: string | undefined,
): readonly string[] {
  const pinned = { ...key, image: nameImage(reference, digest) };
  return [...new Set([formatImageKey(key), formatImageKey(pinned)])];
}
