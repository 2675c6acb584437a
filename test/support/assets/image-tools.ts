/** The programs that keep and sign images in tests, and the services of sigstore, each built from a pinned Go module. */
import { join } from 'node:path';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import type { AssetsOptions } from './assets.ts';
import type { AssetFamily } from './families.ts';
import { prepareFamily } from './prepare-family.ts';

const REGISTRY_VERSION = '3.1.2';
const CONTAINER_REGISTRY_VERSION = '0.22.1';
const COSIGN_VERSION = '3.1.3';
const FULCIO_VERSION = '1.8.8';
/** The last that Go 1.26 builds. */
const REKOR_VERSION = '2.3.0';
const TESSERACT_VERSION = '0.1.1';
/** The one whose client cosign has. */
const TIMESTAMP_AUTHORITY_VERSION = '2.1.2';

const REGISTRY_FAMILY: AssetFamily = {
  folder: `distribution-${REGISTRY_VERSION}`,
  module: 'github.com/distribution/distribution/v3',
  version: `v${REGISTRY_VERSION}`,
  linkerFlags: '-s -w',
  programs: [
    {
      name: 'registry',
      package: 'github.com/distribution/distribution/v3/cmd/registry',
      expectedSeconds: 100,
    },
  ],
};

const REFERRERS_REGISTRY_FAMILY: AssetFamily = {
  folder: `go-containerregistry-${CONTAINER_REGISTRY_VERSION}`,
  module: 'github.com/google/go-containerregistry',
  version: `v${CONTAINER_REGISTRY_VERSION}`,
  linkerFlags: '-s -w',
  programs: [
    {
      name: 'referrers-registry',
      package: './referrers-registry',
      mainFile: join(import.meta.dirname, '..', 'images', 'referrers-registry', 'main.go'),
      expectedSeconds: 20,
    },
  ],
};

const COSIGN_FAMILY: AssetFamily = {
  folder: `cosign-${COSIGN_VERSION}`,
  module: 'github.com/sigstore/cosign/v3',
  version: `v${COSIGN_VERSION}`,
  linkerFlags: '-s -w',
  programs: [
    { name: 'cosign', package: 'github.com/sigstore/cosign/v3/cmd/cosign', expectedSeconds: 300 },
  ],
};

const FULCIO_FAMILY: AssetFamily = {
  folder: `fulcio-${FULCIO_VERSION}`,
  module: 'github.com/sigstore/fulcio',
  version: `v${FULCIO_VERSION}`,
  linkerFlags: '-s -w',
  programs: [{ name: 'fulcio', package: 'github.com/sigstore/fulcio', expectedSeconds: 150 }],
};

const REKOR_FAMILY: AssetFamily = {
  folder: `rekor-tiles-${REKOR_VERSION}`,
  module: 'github.com/sigstore/rekor-tiles/v2',
  version: `v${REKOR_VERSION}`,
  linkerFlags: '-s -w',
  programs: [
    {
      name: 'rekor-server',
      package: 'github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix',
      expectedSeconds: 60,
    },
  ],
};

const TESSERACT_FAMILY: AssetFamily = {
  folder: `tesseract-${TESSERACT_VERSION}`,
  module: 'github.com/transparency-dev/tesseract',
  version: `v${TESSERACT_VERSION}`,
  linkerFlags: '-s -w',
  programs: [
    {
      name: 'tesseract',
      package: 'github.com/transparency-dev/tesseract/cmd/tesseract/posix',
      expectedSeconds: 60,
    },
  ],
};

const TIMESTAMP_AUTHORITY_FAMILY: AssetFamily = {
  folder: `timestamp-authority-${TIMESTAMP_AUTHORITY_VERSION}`,
  module: 'github.com/sigstore/timestamp-authority/v2',
  version: `v${TIMESTAMP_AUTHORITY_VERSION}`,
  linkerFlags: '-s -w',
  programs: [
    {
      name: 'timestamp-server',
      package: './timestamp-server',
      mainFile: join(import.meta.dirname, '..', 'images', 'timestamp-server', 'main.go'),
      expectedSeconds: 100,
    },
  ],
};

const FAMILIES = {
  registry: REGISTRY_FAMILY,
  'referrers-registry': REFERRERS_REGISTRY_FAMILY,
  cosign: COSIGN_FAMILY,
  fulcio: FULCIO_FAMILY,
  'rekor-server': REKOR_FAMILY,
  tesseract: TESSERACT_FAMILY,
  'timestamp-server': TIMESTAMP_AUTHORITY_FAMILY,
} as const;

/** A real program that keeps or signs images, or proves who has signed. */
export type ImageToolName = keyof typeof FAMILIES;

/** Finds the program, or builds it; returns its path. */
export async function prepareImageTool(
  name: ImageToolName,
  options: AssetsOptions = { cacheFolder: cacheFolder() },
): Promise<string> {
  return await prepareFamily(FAMILIES[name], options);
}
