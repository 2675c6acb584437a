/** `holdfast policy push`. */
import { systemClock } from '../../base/clock.ts';
import { HoldfastError } from '../../errors.ts';
import { formatReference } from '../../image/parse-reference.ts';
import { REGISTRY_LIMITS } from '../../image/registry/settings.ts';
import { SIGNATURES_FILE } from '../../policy/bundle/bundle-files.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { showProgress } from '../show-progress.ts';
import { OPTION_REMEDIES, readRegistryAccess, registryOptions } from '../verify/image-options.ts';
import { bundleArgument, readBundleArchive } from './bundle-argument.ts';
import { readReferenceArgument, referenceArgument, toRegistryError } from './bundle-reference.ts';

/** A person waits: for three uploads, each of which has as long. */
const TOTAL_TIMEOUT_MS = 3 * REGISTRY_LIMITS['image.registry.totalTimeoutMs'].default;

/** Writes the archive as an artifact that OPA and its tools read. */
export const policyPushCommand: CommandDefinition = {
  name: 'policy push',
  summary: 'Write a bundle into a registry',
  description:
    'Writes BUNDLE as an artifact with one layer, as OPA and oras read it, and prints its digest: name that in policies.registry to pin it,\n' +
    'or the tag to follow it. The same bundle has the same digest. Sign it before.',
  arguments: [bundleArgument, referenceArgument],
  options: [...registryOptions, outputOption(['table', 'json', 'yaml'])],
  examples: [
    {
      line: 'policy push bundle.tar.gz registry.example.com/policies:prod --docker-config ~/.docker/config.json',
      note: 'with the credential of docker login',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const [name = '', text = ''] = input.arguments;
  const reference = readReferenceArgument(text);
  const { registry, repository, tag, digest } = reference;
  if (tag === undefined || digest !== undefined) {
    throw new HoldfastError(
      'argument_invalid',
      `"${text}" names a digest, which follows from what is written: name a tag`,
    );
  }
  const bundle = await readBundleArchive(context, name);
  const { pushBundle } = await import('../../policy/registry/push-bundle.ts');
  const { openUploader } = await import('../../compose/open-uploader.ts');
  const { uploader, close } = await openUploader(readRegistryAccess(context, input), {
    clock: systemClock,
    remedies: OPTION_REMEDIES,
    signal: AbortSignal.timeout(TOTAL_TIMEOUT_MS),
    environment: context.environment,
  });
  try {
    const target = { scope: { registry, repository }, tag };
    const pushed = await showProgress(context, { doing: 'writing the bundle' }, () =>
      pushBundle(uploader, target, bundle),
    );
    if (pushed.status !== 'uploaded') throw toRegistryError(pushed);
    if (!bundle.files.has(SIGNATURES_FILE)) {
      context.report(`note: "${name}" is not signed: no process takes it from a registry`);
    }
    const pinned = formatReference({ registry, repository, digest: pushed.digest.text });
    printAnswer(context, input, {
      table: () => `Pushed ${name} to ${formatReference(reference)}\n${pinned}`,
      json: () =>
        JSON.stringify({
          reference: formatReference(reference),
          digest: pushed.digest.text,
          pinned,
        }),
    });
    return 'ok';
  } finally {
    close();
  }
}
