/** Which policies are in force: a built bundle, a folder of Rego, or those that come with Holdfast. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../base/cache-folder.ts';
import type { PoliciesSettings } from '../policy/settings.ts';
import { compilePolicies } from '../authoring/compile-policies.ts';
import { loadBundle, type PolicyBundle } from '../policy/load-bundle.ts';
import { MANIFEST_FILE } from '../policy/manifest.ts';

export interface PolicySourceOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Hears one line for each step that takes time. */
  readonly progress?: (line: string) => void;
}

/** Holdfast's own folder: the clone, or the installed package. */
export const PACKAGE_FOLDER = join(import.meta.dirname, '..', '..');

/** The policies that come with Holdfast, as Rego. */
export const DEFAULT_SOURCE_FOLDER = join(PACKAGE_FOLDER, 'policies');

/** The same, compiled: the package carries them, so that it needs no OPA. */
export const DEFAULT_BUNDLE_FOLDER = join(PACKAGE_FOLDER, 'dist', 'policies');

// In a clone the Rego is what counts: a bundle of yesterday must not judge today.
const IS_PACKAGED = import.meta.filename.endsWith('.js');

/** Loads the configured policies. Throws a `HoldfastError` that names the file and what is wrong with it. */
export async function loadPolicies(
  { bundle, source }: Pick<PoliciesSettings, 'bundle' | 'source'>,
  { environment, progress }: PolicySourceOptions,
): Promise<PolicyBundle> {
  if (bundle !== undefined) return loadBundle(bundle);
  if (
    source === undefined &&
    IS_PACKAGED &&
    existsSync(join(DEFAULT_BUNDLE_FOLDER, MANIFEST_FILE))
  ) {
    return loadBundle(DEFAULT_BUNDLE_FOLDER);
  }
  return compilePolicies({
    sourceFolder: source ?? DEFAULT_SOURCE_FOLDER,
    cacheFolder: cacheFolder(environment),
    ...(progress && { progress }),
  });
}
