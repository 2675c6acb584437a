/**
 * Writes a bundle as an artifact of a registry, as OPA and its tools read it: an image manifest with the archive as its one layer.
 *
 * Source: OCI image specification, manifest.md and config.md; Open Policy Agent, "OCI" bundles.
 */
import { sha256 } from '../manifest.ts';

/** The layer that OPA takes for a bundle. */
export const BUNDLE_LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar+gzip';
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
/** Under which name `oras pull` writes it. */
const TITLE = 'bundle.tar.gz';

export interface BundleArtifact {
  readonly configuration: Uint8Array;
  readonly manifest: Uint8Array;
  readonly mediaType: string;
}

/** No time is in it: the same archive gives the same digest. `tar` is the archive without its compression. */
export function formatArtifact(archive: Uint8Array, tar: Uint8Array): BundleArtifact {
  // Registries that look into images want this one to be complete.
  const configuration = formatJson({
    architecture: 'unknown',
    os: 'unknown',
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(tar)}`] },
  });
  const manifest = formatJson({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: describe(CONFIG_TYPE, configuration),
    layers: [
      {
        ...describe(BUNDLE_LAYER_TYPE, archive),
        annotations: { 'org.opencontainers.image.title': TITLE },
      },
    ],
  });
  return { configuration, manifest, mediaType: MANIFEST_TYPE };
}

function describe(mediaType: string, bytes: Uint8Array) {
  return { mediaType, digest: `sha256:${sha256(bytes)}`, size: bytes.length };
}

function formatJson(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
