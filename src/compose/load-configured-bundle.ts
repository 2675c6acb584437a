/** The policies that a configuration names. */
import { systemClock } from '../base/clock.ts';
import type { Configuration } from '../config/schema.ts';
import { HoldfastError } from '../errors.ts';
import type { BundleDownloader, BundleFetch } from '../policy/bundle/bundle-downloader.ts';
import { classifyAge, type SigningTime } from '../policy/bundle/classify-age.ts';
import { keepBundle, keptBundlePath, readKeptOrigin } from '../policy/bundle/kept-bundle.ts';
import { unpackBundle } from '../policy/bundle/pack-bundle.ts';
import { readBundleKeys } from '../policy/bundle/read-bundle-keys.ts';
import { compileBundle, loadBundle, type PolicyBundle } from '../policy/load-bundle.ts';
import { openDownloader, type Environment } from './open-downloader.ts';

export type ConfiguredPolicies = Pick<Configuration, 'policies' | 'images'>;

type BundleKeyFiles = Configuration['policies']['keys'];

export interface BundleDependencies {
  /** The bundle where the configuration names none; throws where there is none. */
  readonly defaultBundle: () => string;
  /** Where the credential of a server may be. @default none */
  readonly environment?: Environment;
  /** Bundles that are compiled already. */
  readonly known?: readonly PolicyBundle[] | undefined;
}

/**
 * Loads the bundle. With keys in the configuration it must be signed; the policies that come with Holdfast are as trusted as its
 * own code. Of a server or a registry it is the one that is kept; they are asked where none is. Throws what `loadBundle()` and
 * `readBundleKeys()` throw, and `policy_bundle_unavailable`.
 */
export async function loadConfiguredBundle(
  { policies, images }: ConfiguredPolicies,
  { defaultBundle, environment = {}, known }: BundleDependencies,
): Promise<PolicyBundle> {
  const { bundle, keys } = policies;
  const downloader = openDownloader({ ...policies, registries: images.registries }, environment);
  if (downloader !== undefined) return await loadDownloaded(downloader, { keys, known });
  if (bundle === undefined) return await loadBundle(defaultBundle(), { known });
  if (keys.length === 0) return await loadBundle(bundle, { known });
  const trust = { keys: await readBundleKeys(keys), nowMs: systemClock.wallMs() };
  return await loadBundle(bundle, { trust, known });
}

async function loadDownloaded(
  downloader: BundleDownloader,
  { keys: keyFiles, known }: Pick<BundleDependencies, 'known'> & { readonly keys: BundleKeyFiles },
): Promise<PolicyBundle> {
  const { folder, place } = downloader;
  // Without the time: the bundle was taken while its signature was valid, and a start must not depend on where it comes from.
  const keys = await readBundleKeys(keyFiles);
  try {
    return await loadBundle(keptBundlePath(folder), { trust: { keys }, known });
  } catch (fault) {
    if (!(fault instanceof HoldfastError)) throw fault;
    const downloaded = await downloadBundle(downloader, { keys: keyFiles, etag: undefined });
    if (downloaded.status === 'accepted') {
      await keepBundle(folder, { place, ...downloaded });
      return downloaded.bundle;
    }
    const reason =
      downloaded.status === 'unchanged' ? 'it answered 304 unasked' : downloaded.reason;
    throw new HoldfastError(
      'policy_bundle_unavailable',
      `No bundle is kept in "${folder}" that can be used (${fault.message}), and ${place} gave none: ${reason}`,
      { cause: fault },
    );
  }
}

export type DownloadedBundle =
  | {
      readonly status: 'accepted';
      readonly bundle: PolicyBundle;
      readonly bytes: Uint8Array;
      readonly etag: string | undefined;
      readonly signedAtMs: number | undefined;
    }
  | Exclude<BundleFetch, { readonly status: 'read' }>;

export interface BundleQuestion {
  readonly keys: BundleKeyFiles;
  /** Of the bundle that is there already. */
  readonly etag: string | undefined;
  readonly signal?: AbortSignal;
}

/** Asks for a bundle, and verifies and compiles what comes. Throws where a key cannot be read. */
export async function downloadBundle(
  { place, folder, isPinned, download }: BundleDownloader,
  { keys, etag, signal }: BundleQuestion,
): Promise<DownloadedBundle> {
  const fetched = await download({ etag, signal });
  if (fetched.status !== 'read') return fetched;
  const trust = { keys: await readBundleKeys(keys), nowMs: systemClock.wallMs() };
  const files = await unpackBundle(fetched.bytes);
  if (!files.ok) return { status: 'refused', reason: files.reason, etag: fetched.etag };
  try {
    const bundle = await compileBundle(files.value, place, { trust });
    const { signature = {} }: { readonly signature?: SigningTime | undefined } = bundle;
    const before = isPinned ? {} : await readKeptOrigin(folder, place);
    const reason = classifyAge(signature, before);
    if (reason !== undefined) return { status: 'refused', reason, etag: fetched.etag };
    const { bytes, etag: given } = fetched;
    return { status: 'accepted', bundle, bytes, etag: given, signedAtMs: signature.signedAtMs };
  } catch (fault) {
    if (!(fault instanceof HoldfastError)) throw fault;
    return { status: 'refused', reason: fault.message, etag: fetched.etag };
  }
}
