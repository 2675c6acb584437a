/** The GitOps controllers that the end-to-end tests run, and how they are built from pinned Go modules. */
import { join } from 'node:path';
import type { AssetsOptions } from './assets.ts';
import { buildMissing, placeOf } from './build-family.ts';
import { prepareDebianProgram } from './debian.ts';
import type { AssetFamily } from './families.ts';
import { findOnPath, isExecutable } from './find-program.ts';

const ARGOCD_MODULE = 'github.com/argoproj/argo-cd/v3';
/** 3.2.12 does not compile as a module, 3.3 and later cannot be required as one. */
export const ARGOCD_VERSION = '3.2.11';
const FLUX_MODULE = 'github.com/fluxcd/kustomize-controller';
export const FLUX_VERSION = '1.9.5';

/** One program: the environment variable ARGOCD_BINARY_NAME picks which part of Argo CD it is. */
export const ARGOCD_FAMILY: AssetFamily = {
  folder: `argocd-${ARGOCD_VERSION}`,
  module: ARGOCD_MODULE,
  version: `v${ARGOCD_VERSION}`,
  linkerFlags: `-s -w -X ${ARGOCD_MODULE}/common.version=${ARGOCD_VERSION}`,
  programs: [{ name: 'argocd', package: `${ARGOCD_MODULE}/cmd`, expectedSeconds: 330 }],
  files: [
    {
      name: 'install.yaml',
      module: ARGOCD_MODULE,
      version: `v${ARGOCD_VERSION}`,
      path: 'manifests/install.yaml',
    },
  ],
};

/** The source controller itself does not build as a module; kustomize-controller does not start without its kinds. */
const SOURCE_KINDS = ['buckets', 'gitrepositories', 'ocirepositories'];

export const FLUX_FAMILY: AssetFamily = {
  folder: `flux-kustomize-controller-${FLUX_VERSION}`,
  module: FLUX_MODULE,
  version: `v${FLUX_VERSION}`,
  linkerFlags: '-s -w',
  programs: [{ name: 'kustomize-controller', package: FLUX_MODULE, expectedSeconds: 240 }],
  files: [
    {
      name: 'kustomizations.yaml',
      module: FLUX_MODULE,
      version: `v${FLUX_VERSION}`,
      path: 'config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml',
    },
    {
      name: 'deployment.yaml',
      module: FLUX_MODULE,
      version: `v${FLUX_VERSION}`,
      path: 'config/manager/deployment.yaml',
    },
    ...SOURCE_KINDS.map((kind) => ({
      name: `${kind}.yaml`,
      module: 'github.com/fluxcd/source-controller',
      version: 'v1.9.0',
      path: `config/crd/bases/source.toolkit.fluxcd.io_${kind}.yaml`,
    })),
  ],
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

/** Finds Argo CD, its installation manifest and Redis; builds or installs what is missing. */
export async function prepareArgoCdAssets(options: AssetsOptions): Promise<ArgoCdAssets> {
  const folder = join(options.cacheFolder, 'assets');
  const redisServer = await prepareDebianProgram(
    { program: 'redis-server', package: 'redis-server' },
    options,
  );
  return {
    redisServer,
    argocd: await prepareProgram(ARGOCD_FAMILY, 'argocd', options),
    installManifest: placeOf(ARGOCD_FAMILY, 'install.yaml', folder),
  };
}

/** Argo CD's installation manifest alone, for tests in which it does not run: nothing is built. */
export async function prepareArgoCdManifest({
  cacheFolder,
  print,
}: AssetsOptions): Promise<string> {
  const folder = join(cacheFolder, 'assets');
  await buildMissing([ARGOCD_FAMILY], { folder, places: new Map(), print });
  return placeOf(ARGOCD_FAMILY, 'install.yaml', folder);
}

/** Flux's manifests alone, for tests in which it does not run: nothing is built. */
export async function prepareFluxManifests({
  cacheFolder,
  print,
}: AssetsOptions): Promise<FluxAssets['manifests']> {
  const folder = join(cacheFolder, 'assets');
  await buildMissing([FLUX_FAMILY], { folder, places: new Map(), print });
  return fluxManifests(folder);
}

/** Finds Flux's kustomize-controller and the manifests it needs; builds what is missing. */
export async function prepareFluxAssets(options: AssetsOptions): Promise<FluxAssets> {
  const folder = join(options.cacheFolder, 'assets');
  return {
    kustomizeController: await prepareProgram(FLUX_FAMILY, 'kustomize-controller', options),
    manifests: fluxManifests(folder),
  };
}

function fluxManifests(folder: string): FluxAssets['manifests'] {
  return {
    kinds: ['kustomizations', ...SOURCE_KINDS].map((kind) =>
      placeOf(FLUX_FAMILY, `${kind}.yaml`, folder),
    ),
    deployment: placeOf(FLUX_FAMILY, 'deployment.yaml', folder),
  };
}

/** A program in `HOLDFAST_ASSETS` is taken from there; the rest is built. */
async function prepareProgram(
  family: AssetFamily,
  name: string,
  options: AssetsOptions,
): Promise<string> {
  const environment = options.environment ?? process.env;
  const given = findOnPath(name, environment['HOLDFAST_ASSETS'] ?? '');
  const folder = join(options.cacheFolder, 'assets');
  const path = given ?? placeOf(family, name, folder);
  await buildMissing([family], { folder, places: new Map([[name, path]]), print: options.print });
  if (!isExecutable(path)) throw new Error(`Cannot find ${name} at "${path}" after the build`);
  return path;
}
