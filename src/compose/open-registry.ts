/** From options and files to a client of registries. */
import { readBounded } from '../base/read-bounded.ts';
import type { Clock } from '../base/clock.ts';
import { resolveBySystem } from '../base/resolve-host.ts';
import { readTlsFiles } from '../base/tls-files.ts';
import { HoldfastError } from '../errors.ts';
import {
  parseDockerConfig,
  type RegistryCredentials,
} from '../image/registry/parse-docker-config.ts';
import { RegistryAuthorizer } from '../image/registry/registry-authorizer.ts';
import { RegistryClient } from '../image/registry/registry-client.ts';
import { RegistryTransport } from '../image/registry/registry-transport.ts';
import { REGISTRY_LIMITS } from '../image/registry/settings.ts';
import { CMS_LIMITS } from '../signature/cms/settings.ts';

export interface RegistryAccess {
  /** Credentials in the format of `docker login`. Absent: registries are asked anonymously. */
  readonly dockerConfig?: string | undefined;
  /** Authorities in PEM, instead of those that the platform trusts. */
  readonly caFile?: string | undefined;
  readonly privateHosts: readonly string[];
  readonly plainHttpHosts: readonly string[];
}

export interface OpenRegistry {
  readonly client: RegistryClient;
  readonly close: () => void;
}

const CONFIG_BYTES_MAX = REGISTRY_LIMITS['image.registry.dockerConfigBytesMax'].default;
const CA_BYTES_MAX = CMS_LIMITS['signature.cms.caBundleBytesMax'].default;
const TOTAL_TIMEOUT_MS = REGISTRY_LIMITS['image.registry.totalTimeoutMs'].default;

/**
 * Opens a client for the time that one image takes. The caller closes it.
 *
 * @throws HoldfastError `input_unreadable`, `input_invalid`
 */
export async function openRegistry(access: RegistryAccess, clock: Clock): Promise<OpenRegistry> {
  const { dockerConfig, caFile, privateHosts, plainHttpHosts } = access;
  const credentials = await readCredentials(dockerConfig);
  const tls = await readTlsFiles({ caFile }, CA_BYTES_MAX);
  if (!tls.ok) throw new HoldfastError('input_unreadable', tls.reason);
  const transport = new RegistryTransport({
    privateHosts: privateHosts.map(toHost),
    plainHttpHosts: plainHttpHosts.map(toHost),
    tls: tls.material,
    resolve: resolveBySystem,
    clock,
    signal: AbortSignal.timeout(TOTAL_TIMEOUT_MS),
  });
  const authorizer = new RegistryAuthorizer({ transport, credentials, clock });
  const client = new RegistryClient(transport, authorizer);
  return { client, close: () => transport.close() };
}

/** As references have it. */
function toHost(text: string): string {
  return text.toLowerCase();
}

async function readCredentials(file: string | undefined): Promise<RegistryCredentials> {
  if (file === undefined) return new Map();
  const content = await readBounded(file, CONFIG_BYTES_MAX);
  if (!content.ok) {
    throw new HoldfastError('input_unreadable', `"${file}" cannot be read: ${content.reason}`);
  }
  const reading = parseDockerConfig(content.bytes);
  if (reading.ok) return reading.credentials;
  throw new HoldfastError('input_invalid', `"${file}" cannot be used: ${reading.reason}`);
}
