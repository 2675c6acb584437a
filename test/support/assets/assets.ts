/**
 * The programs of a real cluster: etcd, kube-apiserver, kube-controller-manager and kubectl.
 *
 * They come from `HOLDFAST_ASSETS` (a folder laid out like envtest's), else from the cache, else they are built there
 * from pinned Go modules. Once built, finding them takes no network and no child process.
 */
import { join } from 'node:path';
import { buildMissing, placeOf } from './build-family.ts';
import {
  ASSET_NAMES,
  ETCD_FAMILY,
  KUBERNETES_FAMILY,
  PREVIOUS_KUBERNETES_FAMILY,
} from './families.ts';
import type { AssetFamily, AssetName } from './families.ts';
import { findOnPath, isExecutable } from './find-program.ts';

/** The absolute path of each program. */
export type Assets = Readonly<Record<AssetName, string>>;

export interface AssetsOptions {
  /** Holdfast's cache folder; the programs live in its `assets/`. */
  readonly cacheFolder: string;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  readonly print?: ((line: string) => void) | undefined;
}

/** Finds every program, and builds what is missing. */
export async function prepareAssets(options: AssetsOptions): Promise<Assets> {
  const environment = options.environment ?? process.env;
  const given = environment['HOLDFAST_ASSETS'];
  const places = new Map<AssetName, string>();
  for (const name of ASSET_NAMES) {
    places.set(name, locate(name, { ...options, environment, given }));
  }
  await buildMissing([ETCD_FAMILY, KUBERNETES_FAMILY], {
    folder: join(options.cacheFolder, 'assets'),
    places: given === undefined || given === '' ? places : onlyKubectl(places, given),
    print: options.print,
  });
  return {
    etcd: found(places, 'etcd'),
    'kube-apiserver': found(places, 'kube-apiserver'),
    'kube-controller-manager': found(places, 'kube-controller-manager'),
    kubectl: found(places, 'kubectl'),
  };
}

/** The same with the API server and the controllers of the previous minor version, which are built in any case. */
export async function preparePreviousAssets(options: AssetsOptions): Promise<Assets> {
  const assets = await prepareAssets(options);
  const folder = join(options.cacheFolder, 'assets');
  const places = new Map(
    PREVIOUS_KUBERNETES_FAMILY.programs.map(({ name }) => [
      name,
      placeOf(PREVIOUS_KUBERNETES_FAMILY, name, folder),
    ]),
  );
  await buildMissing([PREVIOUS_KUBERNETES_FAMILY], { folder, places, print: options.print });
  return {
    ...assets,
    'kube-apiserver': found(places, 'kube-apiserver'),
    'kube-controller-manager': found(places, 'kube-controller-manager'),
  };
}

function locate(
  name: AssetName,
  options: AssetsOptions & {
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly given: string | undefined;
  },
): string {
  if (options.given !== undefined && options.given !== '') {
    const path = join(options.given, name);
    if (isExecutable(path)) return path;
    if (name !== 'kubectl') {
      throw new Error(
        `Cannot find ${name} in HOLDFAST_ASSETS: "${path}" is no executable file; put it there, or unset the variable to have it built`,
      );
    }
  }
  if (name === 'kubectl') {
    const onPath = findOnPath('kubectl', options.environment['PATH'] ?? '');
    if (onPath !== undefined) return onPath;
  }
  return placeOf(familyOf(name), name, join(options.cacheFolder, 'assets'));
}

function onlyKubectl(
  places: ReadonlyMap<AssetName, string>,
  given: string,
): Map<AssetName, string> {
  return new Map([...places].filter(([, path]) => !path.startsWith(given)));
}

function familyOf(name: AssetName): AssetFamily {
  return name === 'etcd' ? ETCD_FAMILY : KUBERNETES_FAMILY;
}

function found(places: ReadonlyMap<string, string>, name: AssetName): string {
  const path = places.get(name);
  if (path === undefined || !isExecutable(path)) {
    throw new Error(`Cannot find ${name} at "${path}" after the build`);
  }
  return path;
}
