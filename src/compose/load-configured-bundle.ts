/** The policies that a configuration names. */
import { systemClock } from '../base/clock.ts';
import type { Configuration } from '../config/schema.ts';
import { readBundleKeys } from '../policy/bundle/read-bundle-keys.ts';
import { loadBundle, type PolicyBundle } from '../policy/load-bundle.ts';

/**
 * Loads the bundle. With keys in the configuration it must be signed; the policies that come with Holdfast are as trusted as its
 * own code. Throws what `loadBundle()` and `readBundleKeys()` throw.
 */
export async function loadConfiguredBundle(
  { bundle, keys }: Pick<Configuration['policies'], 'bundle' | 'keys'>,
  {
    defaultBundle,
    known,
  }: {
    readonly defaultBundle: () => string;
    readonly known?: readonly PolicyBundle[];
  },
): Promise<PolicyBundle> {
  if (bundle === undefined) return await loadBundle(defaultBundle(), { known });
  if (keys.length === 0) return await loadBundle(bundle, { known });
  const trust = { keys: await readBundleKeys(keys), nowMs: systemClock.wallMs() };
  return await loadBundle(bundle, { trust, known });
}
