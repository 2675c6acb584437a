/** `holdfast verify image`: whether an image is signed by somebody who is trusted. */
import { resolve } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import type { ImageReport, ImageVerdict } from '../../compose/verify-image.ts';
import { HoldfastError } from '../../errors.ts';
import { parseReference, type ImageReference } from '../../image/parse-reference.ts';
import { REGISTRY_LIMITS } from '../../image/registry/settings.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { formatImageReport, formatImageReportJson } from './format-image-report.ts';
import { readImageRule } from './read-image-rule.ts';
import { outputOption } from './trust-options.ts';

/** Ends with `failed` if no signature counts, with `unavailable` if that could not be found out. */
export const verifyImageCommand: CommandDefinition = {
  name: 'verify image',
  summary: 'Say whether an image is signed by somebody you trust',
  description:
    'Reads everything beside the image that may be a signature of cosign, and prints why each counted or not: one that\n' +
    'counts is enough, or as many distinct authorities as --required says. An attestation is no signature: ask for it with\n' +
    '--predicate-type, and for a signature beside it with --required. With --trusted-root, what a key has signed must be in\n' +
    'the transparency log, too.',
  arguments: [
    { name: 'REF', summary: 'the image, as in a manifest: tag or digest', required: true },
  ],
  options: [
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
      summary:
        'the builder that attestations must name; * is any text without / and @, ** any text',
    },
    {
      name: 'source-repository',
      value: 'URL',
      summary:
        'the repository that attestations must name as the source: a URL, or a pattern of URLs',
    },
    {
      name: 'docker-config',
      value: 'FILE',
      summary: 'credentials of registries, as docker login writes them (default: none)',
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
    outputOption,
  ],
  examples: [
    { line: 'verify image registry.example.com/shop:1.4.0 --key cosign.pub', note: 'by a key' },
    {
      line: 'verify image ghcr.io/example/shop:1.4.0 --trusted-root trusted_root.json --certificate-oidc-issuer https://token.actions.githubusercontent.com --certificate-identity-pattern "https://github.com/example/shop/.github/workflows/*@refs/heads/main"',
      note: 'by a workflow of GitHub',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const reference = readReference(input);
  const report = await verify(context, input, reference);
  const isJson = input.text('output') === 'json';
  context.print(isJson ? formatImageReportJson(report) : formatImageReport(report));
  return EXIT_STATUS[report.verification.status];
}

function readReference(input: CommandInput): ImageReference {
  const [text = ''] = input.arguments;
  const reading = parseReference(text);
  if (reading.ok) return reading.reference;
  throw new HoldfastError('argument_invalid', `"${text}" is no image reference: ${reading.reason}`);
}

async function verify(
  context: CommandContext,
  input: CommandInput,
  reference: ImageReference,
): Promise<ImageReport> {
  const { bindImageAuthorities } = await import('../../compose/bind-image-authorities.ts');
  const { openRegistry } = await import('../../compose/open-registry.ts');
  const { verifyImage } = await import('../../compose/verify-image.ts');
  const pathOf = (file: string): string => resolve(context.workingDirectory, file);
  const fileOf = (name: string): string | undefined => {
    const file = input.text(name);
    return file === undefined ? undefined : pathOf(file);
  };
  const authorities = await bindImageAuthorities({
    keys: input.texts('key').map(pathOf),
    trustedRoot: fileOf('trusted-root'),
    issuer: input.text('certificate-oidc-issuer'),
    identity: input.text('certificate-identity'),
    identityPattern: input.text('certificate-identity-pattern'),
  });
  const access = {
    dockerConfigFile: fileOf('docker-config'),
    caFile: fileOf('ca-file'),
    privateHosts: input.texts('private-host'),
    plainHttpHosts: input.texts('plain-http'),
  };
  const rule = readImageRule(input, authorities);
  const registry = await openRegistry(access, {
    clock: systemClock,
    remedies: {
      privateHost: (host) => `--private-host ${host}`,
      plainHttp: (host) => `--plain-http ${host}`,
    },
    signal: AbortSignal.timeout(TOTAL_TIMEOUT_MS),
  });
  try {
    return await verifyImage({
      reference,
      client: registry.clientFor(registry.credentials),
      clock: systemClock,
      ...rule,
    });
  } finally {
    registry.close();
  }
}

/** A person waits. */
const TOTAL_TIMEOUT_MS = REGISTRY_LIMITS['image.registry.totalTimeoutMs'].default;

const EXIT_STATUS: Readonly<Record<ImageVerdict['status'], ExitStatus>> = {
  verified: 'ok',
  rejected: 'failed',
  unavailable: 'unavailable',
};
