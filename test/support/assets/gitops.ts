/** The GitOps controllers that the end-to-end tests run, and how they are built from pinned Go modules. */
import { join } from 'node:path';
import type { AssetsOptions } from './assets.ts';
import { buildMissing, placeOf } from './build-family.ts';
import { prepareDebianProgram } from './debian.ts';
import type { AssetFamily, Release } from './families.ts';
import { findOnPath, isExecutable } from './find-program.ts';

const ARGOCD_MODULE = 'github.com/argoproj/argo-cd/v3';
/** 3.2.12 does not compile as a module, 3.3 and later cannot be required as one. */
export const ARGOCD_VERSIONS = {
  current: '3.2.11',
  previous: '3.1.16',
} as const satisfies Record<Release, string>;
const FLUX_MODULE = 'github.com/fluxcd/kustomize-controller';
/** Of 1.8 there is no module. */
export const FLUX_VERSIONS = {
  current: '1.9.5',
  previous: '1.7.3',
} as const satisfies Record<Release, string>;

/** One program: the environment variable ARGOCD_BINARY_NAME picks which part of Argo CD it is. */
function argoCdFamily(version: string): AssetFamily {
  const module = { module: ARGOCD_MODULE, version: `v${version}` };
  return {
    ...module,
    folder: `argocd-${version}`,
    linkerFlags: `-s -w -X ${ARGOCD_MODULE}/common.version=${version}`,
    programs: [{ name: 'argocd', package: `${ARGOCD_MODULE}/cmd`, expectedSeconds: 330 }],
    files: [{ ...module, name: 'install.yaml', path: 'manifests/install.yaml' }],
  };
}

/** The source controller itself does not build as a module; kustomize-controller does not start without its kinds. */
const SOURCE_KINDS = ['buckets', 'gitrepositories', 'ocirepositories'];

function fluxFamily(version: string, sourceVersion: string): AssetFamily {
  const module = { module: FLUX_MODULE, version: `v${version}` };
  return {
    ...module,
    folder: `flux-kustomize-controller-${version}`,
    linkerFlags: '-s -w',
    programs: [{ name: 'kustomize-controller', package: FLUX_MODULE, expectedSeconds: 240 }],
    files: [
      {
        ...module,
        name: 'kustomizations.yaml',
        path: 'config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml',
      },
      { ...module, name: 'deployment.yaml', path: 'config/manager/deployment.yaml' },
      ...SOURCE_KINDS.map((kind) => ({
        name: `${kind}.yaml`,
        module: 'github.com/fluxcd/source-controller',
        version: `v${sourceVersion}`,
        path: `config/crd/bases/source.toolkit.fluxcd.io_${kind}.yaml`,
      })),
    ],
  };
}

export const ARGOCD_FAMILIES: Readonly<Record<Release, AssetFamily>> = {
  current: argoCdFamily(ARGOCD_VERSIONS.current),
  previous: argoCdFamily(ARGOCD_VERSIONS.previous),
};
export const FLUX_FAMILIES: Readonly<Record<Release, AssetFamily>> = {
  current: fluxFamily(FLUX_VERSIONS.current, '1.9.0'),
  previous: fluxFamily(FLUX_VERSIONS.previous, '1.8.5'),
};

export interface ArgoCdAssets {
  readonly argocd: string;
  readonly redisServer: string;
  readonly installManifest: string;
}

export interface FluxAssets {
  readonly kustomizeController: string;
  readonly manifests: {
    readonly kinds: readonly string[];
    readonly deployment: string;
  };
}

export interface GitOpsAssetsOptions extends AssetsOptions {
  /** @default 'current' */
  readonly release?: Release | undefined;
}

/** Finds Argo CD, its installation manifest and Redis; builds or installs what is missing. */
export async function prepareArgoCdAssets(options: GitOpsAssetsOptions): Promise<ArgoCdAssets> {
  const family = ARGOCD_FAMILIES[options.release ?? 'current'];
  const folder = join(options.cacheFolder, 'assets');
  const redisServer = await prepareDebianProgram(
    { program: 'redis-server', package: 'redis-server' },
    options,
  );
  return {
    redisServer,
    argocd: await prepareProgram(family, 'argocd', options),
    installManifest: placeOf(family, 'install.yaml', folder),
  };
}

/** Argo CD's installation manifest alone, for tests in which it does not run: nothing is built. */
export async function prepareArgoCdManifest({
  cacheFolder,
  print,
}: AssetsOptions): Promise<string> {
  const family = ARGOCD_FAMILIES.current;
  const folder = join(cacheFolder, 'assets');
  await buildMissing([family], { folder, places: new Map(), print });
  return placeOf(family, 'install.yaml', folder);
}

/** Flux's manifests alone, for tests in which it does not run: nothing is built. */
export async function prepareFluxManifests({
  cacheFolder,
  print,
}: AssetsOptions): Promise<FluxAssets['manifests']> {
  const folder = join(cacheFolder, 'assets');
  await buildMissing([FLUX_FAMILIES.current], { folder, places: new Map(), print });
  return fluxManifests(FLUX_FAMILIES.current, folder);
}

/** Finds Flux's kustomize-controller and the manifests it needs; builds what is missing. */
export async function prepareFluxAssets(options: GitOpsAssetsOptions): Promise<FluxAssets> {
  const family = FLUX_FAMILIES[options.release ?? 'current'];
  const folder = join(options.cacheFolder, 'assets');
  return {
    kustomizeController: await prepareProgram(family, 'kustomize-controller', options),
    manifests: fluxManifests(family, folder),
  };
}

function fluxManifests(family: AssetFamily, folder: string): FluxAssets['manifests'] {
  return {
    kinds: ['kustomizations', ...SOURCE_KINDS].map((kind) =>
      placeOf(family, `${kind}.yaml`, folder),
    ),
    deployment: placeOf(family, 'deployment.yaml', folder),
  };
}

/** A program in `HOLDFAST_ASSETS` is taken from there, unless it is to be an older one; the rest is built. */
async function prepareProgram(
  family: AssetFamily,
  name: string,
  options: GitOpsAssetsOptions,
): Promise<string> {
  const environment = options.environment ?? process.env;
  const isCurrent = (options.release ?? 'current') === 'current';
  const given = isCurrent ? findOnPath(name, environment['HOLDFAST_ASSETS'] ?? '') : undefined;
  const folder = join(options.cacheFolder, 'assets');
  const path = given ?? placeOf(family, name, folder);
  await buildMissing([family], { folder, places: new Map([[name, path]]), print: options.print });
  if (!isExecutable(path)) throw new Error(`Cannot find ${name} at "${path}" after the build`);
  return path;
}
