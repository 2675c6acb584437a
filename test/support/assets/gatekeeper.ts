/** The other admission webhook that the bench compares with, built from a pinned Go module, and what it needs of a cluster. */
import { join } from 'node:path';
import type { AssetsOptions } from './assets.ts';
import { placeOf } from './build-family.ts';
import type { AssetFamily } from './families.ts';
import { prepareFamily } from './prepare-family.ts';

const GATEKEEPER_MODULE = 'github.com/open-policy-agent/gatekeeper/v3';

/** Which Gatekeeper the bench compares with. */
export const GATEKEEPER_VERSION = '3.23.1';

const GATEKEEPER_FAMILY: AssetFamily = {
  folder: `gatekeeper-${GATEKEEPER_VERSION}`,
  module: GATEKEEPER_MODULE,
  version: `v${GATEKEEPER_VERSION}`,
  linkerFlags: `-s -w -X ${GATEKEEPER_MODULE}/pkg/version.Version=v${GATEKEEPER_VERSION}`,
  programs: [{ name: 'gatekeeper', package: GATEKEEPER_MODULE, expectedSeconds: 240 }],
  files: [
    {
      name: 'install.yaml',
      module: GATEKEEPER_MODULE,
      version: `v${GATEKEEPER_VERSION}`,
      path: 'deploy/gatekeeper.yaml',
    },
  ],
};

export interface GatekeeperAssets {
  readonly gatekeeper: string;
  /** What its users apply: kinds, roles, the deployment and its settings. */
  readonly installManifest: string;
}

/** Takes Gatekeeper from `HOLDFAST_ASSETS` or the cache, or builds it there. */
export async function prepareGatekeeper(options: AssetsOptions): Promise<GatekeeperAssets> {
  return {
    gatekeeper: await prepareFamily(GATEKEEPER_FAMILY, options),
    installManifest: placeOf(
      GATEKEEPER_FAMILY,
      'install.yaml',
      join(options.cacheFolder, 'assets'),
    ),
  };
}
