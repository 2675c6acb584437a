/** Builds the bundle of a Rego folder, with a cache: a warm start needs neither OPA nor a build. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { cacheFolder } from '../base/cache-folder.ts';
import { PACKAGE_FOLDER } from '../base/package-folder.ts';
import { withProcessLock } from '../base/process-lock.ts';
import { HoldfastError } from '../errors.ts';
import { findPackagedBundle, loadBundle, type PolicyBundle } from '../policy/load-bundle.ts';
import { MANIFEST_FILE } from '../policy/bundle/bundle-files.ts';
import { buildBundle } from './build-bundle.ts';
import { bundleCacheKey, hashFolder } from './bundle-cache-key.ts';
import { hashSource, readBundleSource } from './bundle-source.ts';
import { ensureOpa, locateOpa, type OpaOptions } from './opa-binary.ts';

/** The policies that come with Holdfast, as Rego. */
export const DEFAULT_SOURCE_FOLDER = join(PACKAGE_FOLDER, 'policies');

export interface EnsureOptions extends OpaOptions {
  readonly sourceFolder: string;
}

export interface BuiltBundle {
  readonly folder: string;
  readonly bundle: PolicyBundle;
}

/** The bundle of a policy folder; built first if the cache has none with the same content. */
export async function ensureBundle(options: EnsureOptions): Promise<BuiltBundle> {
  const folder = await bundleFolderOf(options);
  const cached = await loadCached(folder, options);
  if (cached) return { folder, bundle: cached };
  const lock = `${folder}.lock.sqlite`;
  return withProcessLock(
    lock,
    async () => {
      const built = await loadCached(folder, options);
      if (built) return { folder, bundle: built };
      const opa = await ensureOpa(options);
      await buildBundle({ ...options, output: folder, opa });
      return { folder, bundle: await loadBundle(folder) };
    },
    { onWait: () => options.progress?.(`Waiting for another process, which compiles (${lock})`) },
  );
}

/**
 * The bundle folder of the policies that come with Holdfast: the one in an installed package, else a built
 * one.
 */
export async function ensureDefaultBundle({
  environment = process.env,
  progress,
}: Pick<OpaOptions, 'environment' | 'progress'>): Promise<string> {
  const packaged = findPackagedBundle();
  if (packaged !== undefined) return packaged;
  const { folder } = await ensureBundle({
    sourceFolder: DEFAULT_SOURCE_FOLDER,
    cacheFolder: cacheFolder(environment),
    environment,
    ...(progress && { progress }),
  });
  return folder;
}

/** The cached bundle; a damaged one counts as missing, because it can be built again. */
async function loadCached(
  folder: string,
  { progress }: EnsureOptions,
): Promise<PolicyBundle | undefined> {
  if (!(await exists(folder))) return undefined;
  try {
    return await loadBundle(folder);
  } catch (fault) {
    if (!(fault instanceof HoldfastError) || fault.code !== 'policy_bundle_invalid') throw fault;
    progress?.(`Building again: ${fault.message}`);
    return undefined;
  }
}

/** Where the bundle of these sources is kept: named by a hash of all that it is made from and by. */
async function bundleFolderOf(options: EnsureOptions): Promise<string> {
  const source = await readBundleSource(resolve(options.sourceFolder));
  const { version } = await locateOpa(options);
  const key = bundleCacheKey({
    sourceHash: hashSource(source),
    opaVersion: version,
    // Every check of the sources lies in this folder; what lies elsewhere is checked again at load.
    codeHash: await hashFolder(import.meta.dirname),
  });
  return join(options.cacheFolder, 'policies', key);
}

async function exists(folder: string): Promise<boolean> {
  try {
    return (await stat(join(folder, MANIFEST_FILE))).isFile();
  } catch {
    return false;
  }
}
