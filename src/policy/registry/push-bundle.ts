/** Writes a bundle into a registry. */
import type { ImageFailure } from '../../image/image-failure.ts';
import type { Scope } from '../../image/registry/registry-authorizer.ts';
import type { RegistryUploader, Upload } from '../../image/registry/registry-uploader.ts';
import { formatArtifact } from './format-artifact.ts';

/** How the client that writes is used. */
export type ArtifactWriter = Pick<RegistryUploader, 'putBlob' | 'putManifest'>;

export interface PushedBundle {
  readonly archive: Uint8Array;
  /** The same without its compression. */
  readonly tar: Uint8Array;
}

/** The manifest comes last: whoever follows the tag finds the bundle before, or all of this one. Never rejects. */
export async function pushBundle(
  writer: ArtifactWriter,
  { scope, tag }: { readonly scope: Scope; readonly tag: string },
  { archive, tar }: PushedBundle,
): Promise<Upload | ImageFailure> {
  const { configuration, manifest, mediaType } = formatArtifact(archive, tar);
  for (const blob of [configuration, archive]) {
    const written = await writer.putBlob(scope, blob);
    if (written.status !== 'uploaded') return written;
  }
  return await writer.putManifest(scope, { name: tag, mediaType, bytes: manifest });
}
