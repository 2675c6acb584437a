/** `holdfast images`: which images a cluster runs, and who has signed them. */
import { systemClock } from '../../base/clock.ts';
import type { ListedTrust } from '../../compose/bind-listed-judge.ts';
import type { ImageListingReading } from '../../compose/list-images.ts';
import type { Configuration } from '../../config/schema.ts';
import { HoldfastError } from '../../errors.ts';
import { IMAGE_LIMITS } from '../../image/settings.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import { connectCluster, clusterOptions, type NamedCluster } from '../connect-cluster.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { showProgress } from '../show-progress.ts';
import { formatSigner } from '../verify/format-signer.ts';
import {
  addConfiguredAccess,
  imageTrustOptions,
  namesTrust,
  OPTION_REMEDIES,
  readImageAuthorities,
  readRegistryAccess,
  RULE_OPTIONS,
  registryOptions,
} from '../verify/image-options.ts';
import { readImageRule } from '../verify/read-image-rule.ts';
import {
  formatImageListing,
  formatImageListingJson,
  formatImageListingWide,
} from './format-image-listing.ts';

const TOTAL_TIMEOUT_MS = IMAGE_LIMITS['image.list.totalTimeoutMs'].default;

/** Ends with `failed` if an image is not signed, with `unavailable` if that could not be found out for one. */
export const imagesCommand: CommandDefinition = {
  name: 'images',
  summary: 'List the images that run in a cluster, and say who has signed them',
  description:
    'Reads every Pod, and verifies each image once, by the digest that runs, as holdfast verify image does. Changes nothing.\n' +
    'Who is trusted is said by --key or --trusted-root, else by the rules of the configuration (images.rules).\n' +
    'Ends with 0 if every image is signed by somebody you trust, or is named by no rule, with 1 if one is not signed or cannot\n' +
    'be read, and with 4 if nobody can tell for one now. With --pull-secrets, the Secrets that Pods name for their images are\n' +
    'read and shown to registries.',
  options: [
    ...clusterOptions('only Pods of this namespace (default: of all)'),
    { name: 'unsigned', summary: 'leave out images that are signed' },
    ...imageTrustOptions,
    ...registryOptions,
    {
      name: 'pull-secrets',
      summary: 'read images with the pull secrets of their Pods and service accounts',
    },
    configOption,
    outputOption(['table', 'wide', 'json', 'yaml']),
  ],
  examples: [
    { line: 'images --key cosign.pub', note: 'everything that runs' },
    { line: 'images --config holdfast.yaml --unsigned', note: 'what the rules would refuse' },
    {
      line: 'images --key cosign.pub --namespace shop --unsigned --pull-secrets',
      note: 'what signatures would refuse in a namespace with a private registry',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const cluster = await connectCluster(context, input);
  if (cluster === undefined) return 'configuration';
  try {
    const listing = await showProgress(context, { doing: 'verifying images' }, () =>
      list(context, input, cluster),
    );
    if (listing.status === 'unavailable') {
      const remedy = input.text('namespace') === undefined ? '; try one with --namespace' : '';
      context.report(`holdfast: The Pods cannot be listed: ${listing.reason}${remedy}`);
      return 'unavailable';
    }
    const shown = { listing, isSignedShown: !input.flag('unsigned') };
    printAnswer(context, input, {
      table: () => formatImageListing(shown),
      wide: () => formatImageListingWide(shown),
      json: () => formatImageListingJson(shown),
    });
    return decideStatus(listing.images.map(({ finding }) => finding.status));
  } finally {
    cluster.client.close();
  }
}

async function list(
  context: CommandContext,
  input: CommandInput,
  { client, configuration: { images } }: NamedCluster,
): Promise<ImageListingReading> {
  const { listImages } = await import('../../compose/list-images.ts');
  const { bindListedJudge } = await import('../../compose/bind-listed-judge.ts');
  const { openRegistry } = await import('../../compose/open-registry.ts');
  const { readTufNow } = await import('../../compose/read-tuf-now.ts');
  const { PullCredentials } = await import('../../image/registry/pull-credentials.ts');
  const clock = systemClock;
  const trust = await readTrust(context, input, images);
  const configured = trust.kind === 'configured' ? images.registries : undefined;
  const registry = await openRegistry(
    addConfiguredAccess(readRegistryAccess(context, input), configured),
    {
      clock,
      remedies: OPTION_REMEDIES,
      signal: AbortSignal.timeout(TOTAL_TIMEOUT_MS),
      environment: context.environment,
    },
  );
  const readsSecrets = input.flag('pull-secrets') || configured?.readPullSecrets === true;
  try {
    const pullCredentials = readsSecrets
      ? new PullCredentials({ client, clock, configured: registry.credentials })
      : undefined;
    const { environment, report } = context;
    const readTuf = readTufNow({ images, environment, registry, report });
    const judge = await bindListedJudge(trust, { registry, pullCredentials, clock, readTuf });
    return await listImages({ client, namespace: input.text('namespace'), judge, clock });
  } finally {
    registry.close();
  }
}

/** By the options, else by the rules of the configuration. */
async function readTrust(
  context: CommandContext,
  input: CommandInput,
  images: Configuration['images'],
): Promise<ListedTrust> {
  const isConfigured = images.rules.length > 0 || images.requireSignature;
  if (!isConfigured || namesTrust(input)) {
    const rule = readImageRule(input, await readImageAuthorities(context, input));
    return { kind: 'rule', rule, formatSigner };
  }
  const asked = RULE_OPTIONS.find(
    (name) => input.text(name) !== undefined || input.texts(name).length > 0,
  );
  if (asked === undefined) return { kind: 'configured', images };
  throw new HoldfastError(
    'argument_invalid',
    `--${asked} needs --key or --trusted-root: otherwise the rules of the configuration say what is asked for`,
  );
}

type FindingStatus = 'signed' | 'unsigned' | 'unreadable' | 'unavailable' | 'unjudged';

function decideStatus(statuses: readonly FindingStatus[]): ExitStatus {
  if (statuses.includes('unsigned') || statuses.includes('unreadable')) return 'failed';
  return statuses.includes('unavailable') ? 'unavailable' : 'ok';
}
