/** The programs that keep and sign images in tests, each built from a pinned Go module. */
import { join } from 'node:path';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import type { AssetsOptions } from './assets.ts';
import type { AssetFamily } from './families.ts';
import { prepareFamily } from './prepare-family.ts';

const REGISTRY_VERSION = '3.1.2';
const CONTAINER_REGISTRY_VERSION = '0.22.1';
const COSIGN_VERSION = '3.1.3';

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

const FAMILIES = {
  registry: REGISTRY_FAMILY,
  'referrers-registry': REFERRERS_REGISTRY_FAMILY,
  cosign: COSIGN_FAMILY,
} as const;

/** A real program that keeps or signs images. */
export type ImageToolName = keyof typeof FAMILIES;

/** Finds the program, or builds it; returns its path. */
export async function prepareImageTool(
  name: ImageToolName,
  options: AssetsOptions = { cacheFolder: cacheFolder() },
): Promise<string> {
  return await prepareFamily(FAMILIES[name], options);
}
