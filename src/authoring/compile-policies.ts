/** From a folder of Rego to a loaded bundle, through the cache: a warm start needs neither OPA nor a build. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { withProcessLock } from '../base/process-lock.ts';
import { HoldfastError } from '../errors.ts';
import { buildBundle } from './build-bundle.ts';
import { HOST_BUILTINS } from '../policy/wasm/builtins/host-builtins.ts';
import { hashSource, readBundleSource } from './bundle-source.ts';
import { loadBundle, type PolicyBundle } from '../policy/load-bundle.ts';
import { BUNDLE_FORMAT, MANIFEST_FILE, sha256 } from '../policy/manifest.ts';
import { ensureOpa, locateOpa, type OpaOptions } from './opa-binary.ts';

export interface CompileOptions extends OpaOptions {
  readonly sourceFolder: string;
}

/** Loads the bundle of a policy folder, and builds it first where the cache has none of the same content. */
export async function compilePolicies(options: CompileOptions): Promise<PolicyBundle> {
  const folder = await bundleFolderOf(options);
  const cached = await loadCached(folder, options);
  if (cached) return cached;
  const lock = `${folder}.lock.sqlite`;
  return withProcessLock(
    lock,
    async () => {
      const built = await loadCached(folder, options);
      if (built) return built;
      const opa = await ensureOpa(options);
      await buildBundle({ ...options, outputFolder: folder, opa });
      return loadBundle(folder);
    },
    { onWait: () => options.progress?.(`Waiting for another process, which compiles (${lock})`) },
  );
}

/** What the cache has; a damaged bundle is as good as none, it can be built again. */
async function loadCached(
  folder: string,
  { progress }: CompileOptions,
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

/** Where the bundle of these sources is kept: named by a hash of all that it is made from. */
async function bundleFolderOf(options: CompileOptions): Promise<string> {
  const source = await readBundleSource(resolve(options.sourceFolder));
  const { version } = await locateOpa(options);
  const parts = [BUNDLE_FORMAT, version, hashSource(source), [...HOST_BUILTINS.keys()]];
  return join(options.cacheFolder, 'policies', sha256(JSON.stringify(parts)).slice(0, 32));
}

async function exists(folder: string): Promise<boolean> {
  try {
    return (await stat(join(folder, MANIFEST_FILE))).isFile();
  } catch {
    return false;
  }
}
