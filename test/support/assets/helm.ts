/** The program that renders charts, built from a pinned Go module. */
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import type { AssetsOptions } from './assets.ts';
import type { AssetFamily } from './families.ts';
import { prepareFamily } from './prepare-family.ts';

/** What charts are rendered with, in tests and in the image. */
export const HELM_VERSION = '3.22.0';

const HELM_FAMILY: AssetFamily = {
  folder: `helm-${HELM_VERSION}`,
  module: 'helm.sh/helm/v3',
  version: `v${HELM_VERSION}`,
  linkerFlags: '-s -w',
  programs: [{ name: 'helm', package: 'helm.sh/helm/v3/cmd/helm', expectedSeconds: 120 }],
};

/** Takes helm from `HOLDFAST_ASSETS` or the cache, or builds it there; returns its path. */
export async function prepareHelm(
  options: AssetsOptions = { cacheFolder: cacheFolder() },
): Promise<string> {
  return await prepareFamily(HELM_FAMILY, options);
}
