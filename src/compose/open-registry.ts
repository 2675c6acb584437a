/** From options and files to a client of registries. */
import { readBounded } from '../base/read-bounded.ts';
import type { Clock } from '../base/clock.ts';
import { resolveBySystem } from '../base/resolve-host.ts';
import { readTlsFiles, type TlsFiles, type TlsMaterial } from '../base/tls-files.ts';
import { HoldfastError } from '../errors.ts';
import {
  parseDockerConfig,
  type RegistryCredentials,
} from '../image/registry/parse-docker-config.ts';
import { AcrProvider, type AcrProviderOptions } from '../image/registry/providers/acr-provider.ts';
import {
  CloudCredentials,
  type CloudCredentialsOptions,
} from '../image/registry/providers/cloud-credentials.ts';
import type {
  CloudProvider,
  CloudProviderName,
  Environment,
} from '../image/registry/providers/cloud-provider.ts';
import { createCloudSender } from '../image/registry/providers/cloud-sender.ts';
import { EcrProvider, type EcrProviderOptions } from '../image/registry/providers/ecr-provider.ts';
import { GcpProvider, type GcpProviderOptions } from '../image/registry/providers/gcp-provider.ts';
import type { RegistryParts } from '../image/registry/authorized-request.ts';
import { RegistryAuthorizer } from '../image/registry/registry-authorizer.ts';
import { RegistryClient } from '../image/registry/registry-client.ts';
import { RegistryTransport, type TransportRemedies } from '../image/registry/registry-transport.ts';
import { REGISTRY_LIMITS, type RegistriesSettings } from '../image/registry/settings.ts';
import { CMS_LIMITS } from '../signature/cms/settings.ts';
import type { Download, DownloadAnswer } from '../tuf/tuf-library.ts';

export interface RegistryAccess {
  /** Credentials in the format of `docker login`. Absent: registries are asked anonymously. */
  readonly dockerConfigFile?: string | undefined;
  /** Authorities in PEM, instead of those that the platform trusts. */
  readonly caFile?: string | undefined;
  readonly privateHosts: readonly string[];
  readonly plainHttpHosts: readonly string[];
  /** Whose registries are read with the identity of this process. Absent: none, and no cloud is asked for anything. */
  readonly cloudCredentials?: RegistriesSettings['cloudCredentials'] | undefined;
  /** Of single hosts: what is absent of authorities is as for all. */
  readonly tls?: readonly (TlsFiles & { readonly host: string })[] | undefined;
}

export interface OpenRegistryOptions {
  readonly clock: Clock;
  readonly remedies: TransportRemedies;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
  /** Says who this process is for its cloud. */
  readonly environment: Environment;
  /** Whether tokens are asked for that may write, and anything but reads is sent. @default false */
  readonly mayWrite?: boolean;
  /** Called for each credential that a cloud was asked for. */
  readonly observeCloud?: CloudCredentialsOptions['observe'];
}

/** Registries, asked with the same rules and any credentials. */
export interface OpenRegistry {
  /** From the configured file. */
  readonly credentials: RegistryCredentials;
  /** One for each set of credentials. */
  readonly clientFor: (credentials: RegistryCredentials) => RegistryClient;
  /** Of a client of one's own. */
  readonly partsFor: (credentials: RegistryCredentials) => RegistryParts;
  /** Any file, by the same rules of addresses and without credentials. Never rejects. */
  readonly download: Download;
  readonly close: () => void;
}

const CONFIG_BYTES_MAX = REGISTRY_LIMITS['image.registry.dockerConfigBytesMax'].default;
const CA_BYTES_MAX = CMS_LIMITS['signature.cms.caBundleBytesMax'].default;

/**
 * Reads the files; connections are opened when they are needed. The caller closes it.
 *
 * @throws HoldfastError `input_unreadable`, `input_invalid`
 */
export async function openRegistry(
  access: RegistryAccess,
  options: OpenRegistryOptions,
): Promise<OpenRegistry> {
  const { clock, remedies, signal, mayWrite = false } = options;
  const { dockerConfigFile, caFile, privateHosts, plainHttpHosts } = access;
  const credentials = await readCredentials(dockerConfigFile);
  const tls = await readTlsFiles({ caFile }, CA_BYTES_MAX);
  if (!tls.ok) throw new HoldfastError('input_unreadable', tls.reason);
  // Node.js takes a file without certificates for no authority at all, and every registry would be refused later.
  if (caFile !== undefined && tls.material.ca?.includes('-----BEGIN ') !== true) {
    throw new HoldfastError(
      'input_invalid',
      `"${caFile}" cannot be used: it holds no certificate in PEM`,
    );
  }
  const transport = new RegistryTransport({
    privateHosts: privateHosts.map(toHost),
    plainHttpHosts: plainHttpHosts.map(toHost),
    tls: tls.material,
    hostTls: await readHostTls(access),
    mayWrite,
    remedies,
    resolve: resolveBySystem,
    clock,
    signal,
  });
  const cloud = openCloudCredentials(access, { ...options, transport });
  // A client keeps the tokens of its credentials: one for each image would be what registries limit first.
  const clients = new WeakMap<RegistryCredentials, RegistryClient>();
  const partsFor = (own: RegistryCredentials): RegistryParts => {
    const actions = mayWrite ? 'pull,push' : 'pull';
    const asked = { transport, credentials: own, cloud, clock, actions } as const;
    return { transport, authorizer: new RegistryAuthorizer(asked) };
  };
  const clientFor = (own: RegistryCredentials): RegistryClient => {
    const known = clients.get(own);
    if (known !== undefined) return known;
    const client = new RegistryClient(transport, partsFor(own).authorizer);
    clients.set(own, client);
    return client;
  };
  return {
    credentials,
    clientFor,
    partsFor,
    download: async (url, bytesMax) => await downloadBy(transport, { url, bytesMax }),
    close: () => transport.close(),
  };
}

const OK = 200;
/** Stores that do not list their files to everybody say so of a file that is not there. */
const ABSENT: ReadonlySet<number> = new Set([403, 404]);

async function downloadBy(
  transport: RegistryTransport,
  { url, bytesMax }: { readonly url: URL; readonly bytesMax: number },
): Promise<DownloadAnswer> {
  const asked = { url, accept: '*/*', answerBytesMax: bytesMax, follows: true };
  const answer = await transport.send(asked);
  if (answer.status !== 'answered') return { status: 'failed', reason: answer.reason };
  const { httpStatus, bytes } = answer;
  if (httpStatus === OK) return { status: 'downloaded', bytes };
  if (ABSENT.has(httpStatus)) return { status: 'absent' };
  return { status: 'failed', reason: `${url.host} answered with status ${httpStatus}` };
}

/** One for all clients: what a cloud gives is the same whoever asks. */
function openCloudCredentials(
  { cloudCredentials = [] }: RegistryAccess,
  options: OpenRegistryOptions & { readonly transport: RegistryTransport },
): CloudCredentials {
  const { environment, clock, signal, transport, observeCloud: observe } = options;
  const send = createCloudSender({ signal });
  const parts = { environment, send, transport, clock };
  const providers = cloudCredentials.map(({ provider, registries }) => ({
    provider: createCloudProvider(provider, parts),
    registries,
  }));
  return new CloudCredentials({ providers, clock, observe });
}

function createCloudProvider(
  name: CloudProviderName,
  parts: AcrProviderOptions & EcrProviderOptions & GcpProviderOptions,
): CloudProvider {
  switch (name) {
    case 'ecr':
      return new EcrProvider(parts);
    case 'acr':
      return new AcrProvider(parts);
    case 'gcp':
      return new GcpProvider(parts);
  }
}

async function readHostTls({
  caFile,
  tls = [],
}: RegistryAccess): Promise<ReadonlyMap<string, TlsMaterial>> {
  const found = new Map<string, TlsMaterial>();
  for (const { host, ...files } of tls) {
    const reading = await readTlsFiles({ caFile, ...files }, CA_BYTES_MAX);
    if (!reading.ok) throw new HoldfastError('input_unreadable', reading.reason);
    found.set(host, reading.material);
  }
  return found;
}

/** Every file that `openRegistry` reads. */
export function listRegistryFiles({
  dockerConfigFile,
  caFile,
  tls = [],
}: RegistryAccess): readonly string[] {
  const files = tls.flatMap((one) => [one.caFile, one.certificateFile, one.keyFile]);
  return [dockerConfigFile, caFile, ...files].filter((file) => file !== undefined);
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
