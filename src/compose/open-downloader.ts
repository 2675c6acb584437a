/** From where the configured bundle comes while the process runs. */
import { systemClock } from '../base/clock.ts';
import { HoldfastError } from '../errors.ts';
import { parseDigest } from '../image/match-digest.ts';
import { mirrorReference } from '../image/mirror-reference.ts';
import { parseReference, type ImageReference } from '../image/parse-reference.ts';
import type { TransportRemedies } from '../image/registry/registry-transport.ts';
import type { RegistriesSettings } from '../image/registry/settings.ts';
import type { BundleDownloader, BundleFetch } from '../policy/bundle/bundle-downloader.ts';
import { pullBundle, type PulledReference } from '../policy/registry/pull-bundle.ts';
import type { BundleRegistrySettings } from '../policy/registry/settings.ts';
import { fetchBundle } from '../policy/server/fetch-bundle.ts';
import type { BundleServerSettings } from '../policy/server/settings.ts';
import type { OpenRegistry, RegistryAccess } from './open-registry.ts';

export interface DownloadedPolicies {
  readonly server?: BundleServerSettings | undefined;
  readonly registry?: BundleRegistrySettings | undefined;
  /** How registries are asked: of the section `images`. */
  readonly registries: RegistriesSettings;
}

/** Where credentials may be. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Opens no connection. Undefined: the bundle lies on a disk. */
export function openDownloader(
  { server, registry, registries }: DownloadedPolicies,
  environment: Environment,
): BundleDownloader | undefined {
  if (server !== undefined) {
    const { url: place, folder, pollMs } = server;
    const own = { environment, clock: systemClock };
    const download: BundleDownloader['download'] = async (asked) =>
      await fetchBundle(server, { ...asked, ...own });
    return { place, folder, pollMs, isPinned: false, download };
  }
  if (registry === undefined) return undefined;
  const { reference: place, folder, pollMs } = registry;
  const download: BundleDownloader['download'] = async (asked) =>
    await pullOnce(registry, { ...asked, registries, environment });
  const { digest } = readPulledReference(place).reference;
  return { place, folder, pollMs, isPinned: digest !== undefined, download };
}

/** What is asked of a registry for a reference; throws `argument_invalid`, which the schema of the configuration has excluded. */
export function readPulledReference(
  text: string,
  mirrors: RegistriesSettings['mirrors'] = [],
): PulledReference & { readonly reference: ImageReference } {
  const reading = parseReference(text);
  if (!reading.ok) {
    throw new HoldfastError('argument_invalid', `"${text}" is no reference: ${reading.reason}`);
  }
  const { reference } = reading;
  const { registry, repository, tag = '', digest } = mirrorReference(reference, mirrors);
  const wanted = (digest === undefined ? undefined : parseDigest(digest)) ?? tag;
  return { reference, scope: { registry, repository }, wanted };
}

/** How what a registry is refused for is allowed. */
const REMEDIES: TransportRemedies = {
  privateHost: (host) => `images.registries.privateHosts: [${host}]`,
  plainHttp: (host) => `images.registries.plainHttpHosts: [${host}]`,
};

interface PullAsked {
  readonly etag: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly registries: RegistriesSettings;
  readonly environment: Environment;
}

/** Its files are read each time, so that credentials can be replaced. */
async function pullOnce(
  { reference, dockerConfigFile, timeoutMs }: BundleRegistrySettings,
  { etag, signal, registries, environment }: PullAsked,
): Promise<BundleFetch> {
  const ends = [AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])];
  const access: RegistryAccess = {
    ...registries,
    dockerConfigFile: dockerConfigFile ?? registries.dockerConfigFile,
  };
  let opened: OpenRegistry | undefined;
  try {
    // A process whose bundle lies elsewhere loads no client of registries into this thread.
    const { openRegistry } = await import('./open-registry.ts');
    opened = await openRegistry(access, {
      clock: systemClock,
      remedies: REMEDIES,
      signal: AbortSignal.any(ends),
      environment,
    });
    const client = opened.clientFor(opened.credentials);
    return await pullBundle(client, readPulledReference(reference, registries.mirrors), {
      etag,
      timeoutMs,
    });
  } catch (fault) {
    if (fault instanceof HoldfastError) return { status: 'failed', reason: fault.message };
    throw fault;
  } finally {
    opened?.close();
  }
}
