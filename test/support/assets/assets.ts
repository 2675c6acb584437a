/**
 * The programs of a real cluster: etcd, kube-apiserver, kube-controller-manager and kubectl.
 *
 * They come from `HOLDFAST_ASSETS` (a folder laid out like envtest's), else from the cache, else they are built there
 * from pinned Go modules. Once built, finding them takes no network and no child process.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { withFolderLock } from '../../../src/base/folder-lock.ts';
import { ASSET_NAMES, ETCD_FAMILY, KUBERNETES_FAMILY } from './families.ts';
import type { AssetFamily, AssetName, AssetProgram } from './families.ts';
import { buildProgram, prepareModule } from './go-build.ts';
import { withProgress } from './progress.ts';

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
  if (given === undefined || given === '') await buildMissing(places, options);
  else await buildMissing(onlyKubectl(places, given), options);
  return {
    etcd: found(places, 'etcd'),
    'kube-apiserver': found(places, 'kube-apiserver'),
    'kube-controller-manager': found(places, 'kube-controller-manager'),
    kubectl: found(places, 'kubectl'),
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
  return join(options.cacheFolder, 'assets', familyOf(name).folder, name);
}

function onlyKubectl(
  places: ReadonlyMap<AssetName, string>,
  given: string,
): Map<AssetName, string> {
  return new Map([...places].filter(([, path]) => !path.startsWith(given)));
}

async function buildMissing(
  places: ReadonlyMap<AssetName, string>,
  options: AssetsOptions,
): Promise<void> {
  const isMissing = (): boolean => [...places.values()].some((path) => !existsSync(path));
  if (!isMissing()) return;
  const print = options.print ?? printToStderr;
  const folder = join(options.cacheFolder, 'assets');
  await mkdir(folder, { recursive: true });
  const build = async (): Promise<void> => {
    for (const family of [ETCD_FAMILY, KUBERNETES_FAMILY]) {
      await buildFamily(family, { places, folder, print });
    }
  };
  await withFolderLock(join(folder, 'build.lock'), build, {
    pollMs: 500,
    onWait: (holder) => {
      print(`Process ${holder} is building the programs of the test cluster; waiting for it`);
    },
  });
}

async function buildFamily(
  family: AssetFamily,
  context: {
    readonly places: ReadonlyMap<AssetName, string>;
    readonly folder: string;
    readonly print: (line: string) => void;
  },
): Promise<void> {
  const missing = family.programs.filter((program) => {
    const path = context.places.get(program.name);
    return path !== undefined && !existsSync(path);
  });
  if (missing.length === 0) return;
  const moduleFolder = join(context.folder, family.folder, 'module');
  context.print(describeWork(family, missing, context.folder));
  await withProgress(`fetching the Go module ${family.module} ${family.version}`, () =>
    prepareModule(family, moduleFolder),
  );
  for (const program of missing) {
    const target = join(context.folder, family.folder, program.name);
    await withProgress(`building ${program.name} (about ${program.expectedSeconds} s)`, () =>
      buildProgram(program, { family, moduleFolder, target }),
    );
  }
}

function describeWork(
  family: AssetFamily,
  missing: readonly AssetProgram[],
  folder: string,
): string {
  const names = missing.map((program) => program.name).join(', ');
  const seconds = missing.reduce((sum, program) => sum + program.expectedSeconds, 0);
  return `Building ${names} from ${family.module} ${family.version}, once: about ${Math.ceil(seconds / 60)} min; kept in ${folder}`;
}

function familyOf(name: AssetName): AssetFamily {
  return name === 'etcd' ? ETCD_FAMILY : KUBERNETES_FAMILY;
}

function found(places: ReadonlyMap<AssetName, string>, name: AssetName): string {
  const path = places.get(name);
  if (path === undefined || !isExecutable(path)) {
    throw new Error(`Cannot find ${name} at "${path}" after the build`);
  }
  return path;
}

function findOnPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function printToStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
