/** The policies that a configuration names. */
import { systemClock } from '../base/clock.ts';
import type { Configuration } from '../config/schema.ts';
import { HoldfastError } from '../errors.ts';
import { unpackBundle } from '../policy/bundle/pack-bundle.ts';
import { readBundleKeys } from '../policy/bundle/read-bundle-keys.ts';
import { compileBundle, loadBundle, type PolicyBundle } from '../policy/load-bundle.ts';
import { fetchBundle, type BundleFetch } from '../policy/server/fetch-bundle.ts';
import { keepBundle, keptBundlePath } from '../policy/server/kept-bundle.ts';
import type { BundleServerSettings } from '../policy/server/settings.ts';

export type ConfiguredPolicies = Pick<Configuration['policies'], 'bundle' | 'keys' | 'server'>;

export interface BundleDependencies {
  /** The bundle where the configuration names none; throws where there is none. */
  readonly defaultBundle: () => string;
  /** Where the credential of a server may be. @default none */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Bundles that are compiled already. */
  readonly known?: readonly PolicyBundle[] | undefined;
}

/**
 * Loads the bundle. With keys in the configuration it must be signed; the policies that come with Holdfast are as trusted as its
 * own code. Of a server it is the one that is kept; the server is asked where none is. Throws what `loadBundle()` and
 * `readBundleKeys()` throw, and `policy_bundle_unavailable`.
 */
export async function loadConfiguredBundle(
  { bundle, keys, server }: ConfiguredPolicies,
  { defaultBundle, environment = {}, known }: BundleDependencies,
): Promise<PolicyBundle> {
  if (server !== undefined) return await loadFromServer(server, { keys, environment, known });
  if (bundle === undefined) return await loadBundle(defaultBundle(), { known });
  if (keys.length === 0) return await loadBundle(bundle, { known });
  const trust = { keys: await readBundleKeys(keys), nowMs: systemClock.wallMs() };
  return await loadBundle(bundle, { trust, known });
}

export interface ServerDependencies {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly keys: Configuration['policies']['keys'];
}

async function loadFromServer(
  server: BundleServerSettings,
  { known, ...dependencies }: ServerDependencies & Pick<BundleDependencies, 'known'>,
): Promise<PolicyBundle> {
  // Without the time: the bundle was taken while its signature was valid, and a start must not depend on the server.
  const keys = await readBundleKeys(dependencies.keys);
  try {
    return await loadBundle(keptBundlePath(server.folder), { trust: { keys }, known });
  } catch (fault) {
    if (!(fault instanceof HoldfastError)) throw fault;
    const fetched = await fetchServedBundle(server, { ...dependencies, etag: undefined });
    if (fetched.status === 'accepted') {
      await keepBundle(server.folder, { url: server.url, ...fetched });
      return fetched.bundle;
    }
    const reason = fetched.status === 'unchanged' ? 'it answered 304 unasked' : fetched.reason;
    throw new HoldfastError(
      'policy_bundle_unavailable',
      `No bundle is kept in "${server.folder}" that can be used (${fault.message}), and ${server.url} gave none: ${reason}`,
      { cause: fault },
    );
  }
}

export type ServedBundle =
  | {
      readonly status: 'accepted';
      readonly bundle: PolicyBundle;
      readonly bytes: Uint8Array;
      readonly etag: string | undefined;
    }
  | { readonly status: 'refused'; readonly reason: string; readonly etag: string | undefined }
  | Exclude<BundleFetch, { readonly status: 'read' }>;

/** Asks the server, and verifies and compiles what it gives. Throws where a key cannot be read. */
export async function fetchServedBundle(
  server: BundleServerSettings,
  {
    keys,
    environment,
    etag,
    signal,
  }: ServerDependencies & { readonly etag: string | undefined; readonly signal?: AbortSignal },
): Promise<ServedBundle> {
  const fetched = await fetchBundle(server, { etag, environment, clock: systemClock, signal });
  if (fetched.status !== 'read') return fetched;
  const trust = { keys: await readBundleKeys(keys), nowMs: systemClock.wallMs() };
  const files = await unpackBundle(fetched.bytes);
  if (!files.ok) return { status: 'refused', reason: files.reason, etag: fetched.etag };
  try {
    const bundle = await compileBundle(files.value, server.url, { trust });
    return { status: 'accepted', bundle, bytes: fetched.bytes, etag: fetched.etag };
  } catch (fault) {
    if (!(fault instanceof HoldfastError)) throw fault;
    return { status: 'refused', reason: fault.message, etag: fetched.etag };
  }
}
