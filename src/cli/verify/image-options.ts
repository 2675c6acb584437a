/** The options of commands that verify images: who is trusted, and how registries are asked. */
import { resolve } from 'node:path';
import type { RegistryAccess } from '../../compose/open-registry.ts';
import { CLOUD_PROVIDERS } from '../../image/registry/providers/cloud-provider.ts';
import type { TransportRemedies } from '../../image/registry/registry-transport.ts';
import type { RegistriesSettings } from '../../image/registry/settings.ts';
import type { NamedAuthority } from '../../signature/cosign/image-rule.ts';
import type { CommandContext, CommandInput, OptionDefinition } from '../command.ts';

/** Who is trusted, and for what. */
export const imageTrustOptions: readonly OptionDefinition[] = [
  {
    name: 'key',
    value: 'FILE',
    summary: 'a public key (PEM) whose signatures count; may be given several times',
    repeatable: true,
  },
  {
    name: 'certificate-identity',
    value: 'SUBJECT',
    summary: 'the subject that certificates must name, as a whole',
  },
  {
    name: 'certificate-identity-pattern',
    value: 'PATTERN',
    summary: 'the subject as a pattern; * is any text without / and @, ** any text',
  },
  {
    name: 'certificate-oidc-issuer',
    value: 'URL',
    summary: 'the OpenID Connect issuer that certificates must name',
  },
  {
    name: 'trusted-root',
    value: 'FILE',
    summary: 'the trusted_root.json of an instance of sigstore',
  },
  {
    name: 'predicate-type',
    value: 'TYPE',
    summary:
      'ask for an attestation with exactly this type instead of a signature; may be given several times',
    repeatable: true,
  },
  {
    name: 'required',
    value: 'COUNT',
    summary:
      'how many distinct authorities must have signed (default: 1, and 0 with --predicate-type)',
  },
  {
    name: 'builder',
    value: 'PATTERN',
    summary: 'the builder that attestations must name; * is any text without / and @, ** any text',
  },
  {
    name: 'source-repository',
    value: 'URL',
    summary:
      'the repository that attestations must name as the source: a URL, or a pattern of URLs',
  },
];

/** How registries are asked. */
export const registryOptions: readonly OptionDefinition[] = [
  {
    name: 'docker-config',
    value: 'FILE',
    summary: 'credentials of registries, as docker login writes them (default: none)',
  },
  {
    name: 'cloud-credentials',
    value: 'PROVIDER',
    summary:
      'read registries of this cloud with the identity in the environment; may be given several times',
    choices: CLOUD_PROVIDERS,
    repeatable: true,
  },
  {
    name: 'ca-file',
    value: 'FILE',
    summary: 'authorities (PEM) of registries, instead of those that Node.js trusts',
  },
  {
    name: 'private-host',
    value: 'HOST',
    summary: 'a registry whose address may be private: HOST or HOST:PORT',
    repeatable: true,
  },
  {
    name: 'plain-http',
    value: 'HOST',
    summary: 'a registry that is asked by http: HOST or HOST:PORT',
    repeatable: true,
  },
];

/** How what a registry is refused for is allowed. */
export const OPTION_REMEDIES: TransportRemedies = {
  privateHost: (host) => `--private-host ${host}`,
  plainHttp: (host) => `--plain-http ${host}`,
};

/** Reads the files that the options name; throws as `bindImageAuthorities` does. */
export async function readImageAuthorities(
  context: CommandContext,
  input: CommandInput,
): Promise<readonly NamedAuthority[]> {
  const { bindImageAuthorities } = await import('../../compose/bind-image-authorities.ts');
  return await bindImageAuthorities({
    keys: input.texts('key').map((file) => resolve(context.workingDirectory, file)),
    trustedRoot: fileOf(context, input, 'trusted-root'),
    issuer: input.text('certificate-oidc-issuer'),
    identity: input.text('certificate-identity'),
    identityPattern: input.text('certificate-identity-pattern'),
  });
}

/** Whether an option says who is trusted. */
export function namesTrust(input: CommandInput): boolean {
  return (
    input.texts('key').length > 0 ||
    CERTIFICATE_OPTIONS.some((name) => input.text(name) !== undefined)
  );
}

/** The options that ask for something of images. */
export const RULE_OPTIONS = ['predicate-type', 'required', 'builder', 'source-repository'] as const;

const CERTIFICATE_OPTIONS = [
  'trusted-root',
  'certificate-oidc-issuer',
  'certificate-identity',
  'certificate-identity-pattern',
] as const;

/** As the options say it. */
export function readRegistryAccess(context: CommandContext, input: CommandInput): RegistryAccess {
  return {
    dockerConfigFile: fileOf(context, input, 'docker-config'),
    caFile: fileOf(context, input, 'ca-file'),
    cloudCredentials: readProviders(input),
    privateHosts: input.texts('private-host'),
    plainHttpHosts: input.texts('plain-http'),
  };
}

/** What the options say counts before the configuration, and hosts of both are allowed. */
export function addConfiguredAccess(
  access: RegistryAccess,
  configured: RegistriesSettings | undefined,
): RegistryAccess {
  const { dockerConfigFile, caFile, cloudCredentials = [], privateHosts, plainHttpHosts } = access;
  const asked = new Set(cloudCredentials.map(({ provider }) => provider));
  const others = (configured?.cloudCredentials ?? []).filter(
    ({ provider }) => !asked.has(provider),
  );
  return {
    dockerConfigFile: dockerConfigFile ?? configured?.dockerConfigFile,
    caFile: caFile ?? configured?.caFile,
    cloudCredentials: [...cloudCredentials, ...others],
    tls: configured?.tls,
    privateHosts: [...privateHosts, ...(configured?.privateHosts ?? [])],
    plainHttpHosts: [...plainHttpHosts, ...(configured?.plainHttpHosts ?? [])],
  };
}

/** Each once, for all of its registries. */
function readProviders(input: CommandInput): RegistryAccess['cloudCredentials'] {
  const named = input.texts('cloud-credentials');
  return CLOUD_PROVIDERS.filter((one) => named.includes(one)).map((provider) => ({ provider }));
}

function fileOf(context: CommandContext, input: CommandInput, name: string): string | undefined {
  const file = input.text(name);
  return file === undefined ? undefined : resolve(context.workingDirectory, file);
}
