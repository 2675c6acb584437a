/** `holdfast policy pull`. */
import { resolve } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import type { Configuration } from '../../config/schema.ts';
import { HoldfastError } from '../../errors.ts';
import { formatReference } from '../../image/parse-reference.ts';
import { REGISTRY_LIMITS, type RegistriesSettings } from '../../image/registry/settings.ts';
import type { BundleFiles } from '../../policy/bundle/bundle-files.ts';
import type { BundleKey } from '../../policy/bundle/verify-bundle.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { showProgress } from '../show-progress.ts';
import {
  addConfiguredAccess,
  OPTION_REMEDIES,
  readRegistryAccess,
  registryOptions,
} from '../verify/image-options.ts';
import { readReferenceArgument, referenceArgument, toRegistryError } from './bundle-reference.ts';

const DEFAULT_OUTPUT = 'bundle.tar.gz';
/** A person waits. */
const TOTAL_TIMEOUT_MS = REGISTRY_LIMITS['image.registry.totalTimeoutMs'].default;

/** Reads an artifact of `policy push`, of oras or of OPA's tools, as a serving process does. */
export const policyPullCommand: CommandDefinition = {
  name: 'policy pull',
  summary: 'Read a bundle from a registry, and verify it',
  description:
    'Reads the artifact, compares every byte with its digest, and writes the bundle if it is signed by one of the keys: of --key, or else of\n' +
    'policies.keys in the configuration, which also says how registries are asked. Prints the digest.',
  arguments: [referenceArgument],
  options: [
    {
      name: 'out',
      value: 'BUNDLE',
      summary: 'a folder, or an archive where it ends in .tar.gz; an older bundle is replaced',
      default: DEFAULT_OUTPUT,
    },
    {
      name: 'key',
      value: 'FILE',
      summary: 'a public key, as PEM or JSON; repeatable',
      repeatable: true,
    },
    { name: 'scope', value: 'SCOPE', summary: 'what a signature by --key must be for' },
    { name: 'skip-signature', summary: 'write it whoever has signed it, or nobody' },
    configOption,
    ...registryOptions,
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [
    {
      line: 'policy pull registry.example.com/policies:prod --key bundle-key.pub.pem',
      note: 'what the tag names now',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const { policies, images } = loaded.configuration;
  const [text = ''] = input.arguments;
  const reference = readReferenceArgument(text);
  const keys = listKeys(context, input, policies);
  const { readBundleKeys } = await import('../../policy/bundle/read-bundle-keys.ts');
  const { refuseForeignOutput, writeBundle } = await import('../../authoring/write-bundle.ts');
  const trusted = await readBundleKeys(keys);
  const out = input.text('out') ?? DEFAULT_OUTPUT;
  const output = resolve(context.workingDirectory, out);
  await refuseForeignOutput(output);
  const { files, digest } = await showProgress(context, { doing: 'reading the bundle' }, () =>
    pull(context, input, { text, registries: images.registries }),
  );
  const keyId = keys.length === 0 ? undefined : await requireSigner(files, text, trusted);
  await writeBundle(output, files);
  const { registry, repository } = reference;
  const pinned = formatReference({ registry, repository, digest });
  printAnswer(context, input, {
    table: () =>
      `Pulled ${formatReference(reference)} into ${out}, ${keyId === undefined ? 'whose signature was not verified' : `signed by key ${keyId}`}\n${pinned}`,
    json: () => JSON.stringify({ reference: formatReference(reference), digest, pinned, keyId }),
  });
  return 'ok';
}

/** Empty where nobody needs to have signed. */
function listKeys(
  context: CommandContext,
  input: CommandInput,
  policies: Configuration['policies'],
): Configuration['policies']['keys'] {
  if (input.flag('skip-signature')) return [];
  const scope = input.text('scope') ?? '';
  const named = input
    .texts('key')
    .map((file) => ({ file: resolve(context.workingDirectory, file), scope }));
  const keys = named.length > 0 ? named : policies.keys;
  if (keys.length > 0) return keys;
  throw new HoldfastError(
    'argument_invalid',
    'Whose signature counts? Name the file of a public key with --key, or policies.keys in the configuration',
  );
}

interface Asked {
  readonly text: string;
  readonly registries: RegistriesSettings;
}

async function pull(
  context: CommandContext,
  input: CommandInput,
  { text, registries }: Asked,
): Promise<{ readonly files: BundleFiles; readonly digest: string }> {
  const { openRegistry } = await import('../../compose/open-registry.ts');
  const { readPulledReference } = await import('../../compose/open-downloader.ts');
  const { unpackBundle } = await import('../../policy/bundle/pack-bundle.ts');
  const { pullBundle } = await import('../../policy/registry/pull-bundle.ts');
  const registry = await openRegistry(
    addConfiguredAccess(readRegistryAccess(context, input), registries),
    {
      clock: systemClock,
      remedies: OPTION_REMEDIES,
      signal: AbortSignal.timeout(TOTAL_TIMEOUT_MS),
      environment: context.environment,
    },
  );
  try {
    const fetched = await pullBundle(
      registry.clientFor(registry.credentials),
      readPulledReference(text, registries.mirrors),
      { etag: undefined, timeoutMs: TOTAL_TIMEOUT_MS },
    );
    if (fetched.status === 'refused') throw unusable(text, fetched.reason);
    if (fetched.status !== 'read') {
      throw toRegistryError({ reason: fetched.status === 'failed' ? fetched.reason : 'unchanged' });
    }
    const files = await unpackBundle(fetched.bytes);
    if (!files.ok) throw unusable(text, files.reason);
    return { files: files.value, digest: fetched.etag ?? '' };
  } finally {
    registry.close();
  }
}

async function requireSigner(
  files: BundleFiles,
  text: string,
  keys: readonly BundleKey[],
): Promise<string> {
  const { verifyBundle } = await import('../../policy/bundle/verify-bundle.ts');
  const verified = await verifyBundle(files, { keys, nowMs: systemClock.wallMs() });
  if (verified.ok) return verified.value.keyId;
  throw new HoldfastError(
    'policy_bundle_untrusted',
    `The policy bundle "${text}" is not taken: ${verified.reason}`,
  );
}

function unusable(text: string, reason: string): HoldfastError {
  return new HoldfastError('policy_bundle_invalid', `"${text}" cannot be used: ${reason}`);
}
