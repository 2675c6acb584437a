/** Which bundles of the cache may stand for a build. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { BUNDLE_FORMAT, sha256 } from '../policy/manifest.ts';
import { HOST_BUILTIN_NAMES } from '../policy/wasm/builtins/builtin-names.ts';

/** All that decides whether a build takes its sources, and what it makes of them. */
export interface BundleOrigin {
  readonly sourceHash: string;
  readonly opaVersion: string;
  /** Of the build's own code: a bundle that was built before a check existed has not passed it. */
  readonly codeHash: string;
}

/** The name of a bundle's folder in the cache. */
export function bundleCacheKey({ sourceHash, opaVersion, codeHash }: BundleOrigin): string {
  const parts = [BUNDLE_FORMAT, opaVersion, sourceHash, codeHash, [...HOST_BUILTIN_NAMES]];
  return sha256(JSON.stringify(parts)).slice(0, 32);
}

/** A hash of the name and content of every file of a folder and those below: nobody has to remember to raise a version. */
export async function hashFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted();
  const files = await Promise.all(
    names.map(async (name) => [name, sha256(await readFile(join(folder, name)))]),
  );
  return sha256(JSON.stringify(files));
}
