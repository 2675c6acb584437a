/** The program that renders charts, built from a pinned Go module. */
import { join } from 'node:path';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import type { AssetsOptions } from './assets.ts';
import { buildMissing, placeOf } from './build-family.ts';
import type { AssetFamily } from './families.ts';
import { findOnPath, isExecutable } from './find-program.ts';

const HELM_VERSION = '3.22.0';

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
  const folder = join(options.cacheFolder, 'assets');
  const environment = options.environment ?? process.env;
  const given = findOnPath('helm', environment['HOLDFAST_ASSETS'] ?? '');
  const path = given ?? placeOf(HELM_FAMILY, 'helm', folder);
  const places = new Map([['helm', path]]);
  await buildMissing([HELM_FAMILY], { folder, places, print: options.print });
  if (!isExecutable(path)) throw new Error(`Cannot find helm at "${path}"`);
  return path;
}
