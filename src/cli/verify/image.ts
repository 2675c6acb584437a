/** `holdfast verify image`: whether an image is signed by somebody who is trusted. */
import { systemClock } from '../../base/clock.ts';
import type { ImageReport, ImageVerdict } from '../../compose/verify-image.ts';
import { HoldfastError } from '../../errors.ts';
import { parseReference, type ImageReference } from '../../image/parse-reference.ts';
import { REGISTRY_LIMITS } from '../../image/registry/settings.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { showProgress } from '../show-progress.ts';
import { formatImageReport, formatImageReportJson } from './format-image-report.ts';
import {
  imageTrustOptions,
  OPTION_REMEDIES,
  readImageAuthorities,
  readRegistryAccess,
  registryOptions,
} from './image-options.ts';
import { readImageRule } from './read-image-rule.ts';

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
  options: [...imageTrustOptions, ...registryOptions, outputOption(['table', 'json', 'yaml'])],
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
  const report = await showProgress(context, { doing: 'verifying the image' }, () =>
    verify(context, input, reference),
  );
  printAnswer(context, input, {
    table: () => formatImageReport(report),
    json: () => formatImageReportJson(report),
  });
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
  const { openRegistry } = await import('../../compose/open-registry.ts');
  const { verifyImage } = await import('../../compose/verify-image.ts');
  const rule = readImageRule(input, await readImageAuthorities(context, input));
  const registry = await openRegistry(readRegistryAccess(context, input), {
    clock: systemClock,
    remedies: OPTION_REMEDIES,
    signal: AbortSignal.timeout(TOTAL_TIMEOUT_MS),
    environment: context.environment,
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
