/** Whether what lies in a registry is a bundle. Source: Open Policy Agent, "OCI" bundles (v1/download/oci_download.go). */
import type { Descriptor, Manifest } from '../../image/registry/parse-manifest.ts';
import type { BundleReading } from '../bundle/bundle-files.ts';
import { BUNDLE_LIMITS } from '../bundle/settings.ts';
import { BUNDLE_LAYER_TYPE } from './format-artifact.ts';

const ARCHIVE_BYTES_MAX = BUNDLE_LIMITS['bundle.archiveBytesMax'].default;

/** Its one layer, which is the archive. */
export function classifyArtifact(manifest: Manifest): BundleReading<Descriptor> {
  if (manifest.kind === 'index') {
    return refuse(
      'it is an index of several manifests: name the one with the bundle by its digest',
    );
  }
  const [layer, ...more] = manifest.layers;
  // OPA takes the first that it can read: which of several counts would be for whoever pushes to choose.
  if (layer === undefined || more.length > 0) {
    return refuse(`it has ${manifest.layers.length} layers, wanted one`);
  }
  const { mediaType, size } = layer;
  if (mediaType !== BUNDLE_LAYER_TYPE) {
    return refuse(
      `its layer has the media type ${JSON.stringify(mediaType.slice(0, 200))}, wanted "${BUNDLE_LAYER_TYPE}"`,
    );
  }
  if (size > ARCHIVE_BYTES_MAX) {
    return refuse(`its layer has ${size} bytes, at most ${ARCHIVE_BYTES_MAX} are read`);
  }
  return { ok: true, value: layer };
}

function refuse(reason: string): BundleReading<Descriptor> {
  return { ok: false, reason: `it is no bundle: ${reason}` };
}
