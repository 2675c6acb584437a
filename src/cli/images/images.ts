/** `holdfast images`: which images a cluster runs, and who has signed them. */
import { systemClock } from '../../base/clock.ts';
import type { ImageListingReading } from '../../compose/list-images.ts';
import { IMAGE_LIMITS } from '../../image/settings.ts';
import type { ConnectedCluster } from '../../kubernetes/client/cluster-client.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import { connectCluster, kubeconfigOption } from '../connect-cluster.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { formatSigner } from '../verify/format-signer.ts';
import {
  imageTrustOptions,
  OPTION_REMEDIES,
  readImageAuthorities,
  readRegistryAccess,
  readWantedClaim,
  registryOptions,
} from '../verify/image-options.ts';
import { formatImageListing, formatImageListingJson } from './format-image-listing.ts';

const TOTAL_TIMEOUT_MS = IMAGE_LIMITS['image.list.totalTimeoutMs'].default;

/** Ends with `failed` if an image is not signed, with `unavailable` if that could not be found out for one. */
export const imagesCommand: CommandDefinition = {
  name: 'images',
  summary: 'List the images that run in a cluster, and say who has signed them',
  description:
    'Reads every Pod, and verifies each image once, by the digest that runs, as holdfast verify image does. Changes nothing.\n' +
    'Ends with 0 if every image is signed by somebody you trust, with 1 if one is not or cannot be read, with 4 if nobody can\n' +
    'tell for one now. With --pull-secrets, the Secrets that Pods name for their images are read and shown to registries.',
  options: [
    {
      name: 'namespace',
      short: 'n',
      value: 'NAME',
      summary: 'only Pods of this namespace (default: of all)',
    },
    { name: 'unsigned', summary: 'leave out images that are signed' },
    ...imageTrustOptions,
    ...registryOptions,
    {
      name: 'pull-secrets',
      summary: 'read images with the pull secrets of their Pods and service accounts',
    },
    configOption,
    kubeconfigOption,
    {
      name: 'output',
      value: 'FORMAT',
      summary: 'how the result is printed',
      choices: ['table', 'json'],
      default: 'table',
    },
  ],
  examples: [
    { line: 'images --key cosign.pub', note: 'everything that runs' },
    {
      line: 'images --key cosign.pub --namespace shop --unsigned --pull-secrets',
      note: 'what signatures would refuse in a namespace with a private registry',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  // Wrong files are told before anything is asked.
  const authorities = await readImageAuthorities(context, input);
  const cluster = await connectCluster(context, input);
  if (cluster === undefined) return 'configuration';
  const { client } = cluster;
  try {
    const listing = await list(context, input, { client, authorities });
    if (listing.status === 'unavailable') {
      const remedy = input.text('namespace') === undefined ? '; try one with --namespace' : '';
      context.report(`holdfast: The Pods cannot be listed: ${listing.reason}${remedy}`);
      return 'unavailable';
    }
    const shown = { listing, isSignedShown: !input.flag('unsigned') };
    const isJson = input.text('output') === 'json';
    context.print(isJson ? formatImageListingJson(shown) : formatImageListing(shown));
    return decideStatus(listing.images.map(({ finding }) => finding.status));
  } finally {
    client.close();
  }
}

interface Asked {
  readonly client: ConnectedCluster;
  readonly authorities: Awaited<ReturnType<typeof readImageAuthorities>>;
}

async function list(
  context: CommandContext,
  input: CommandInput,
  { client, authorities }: Asked,
): Promise<ImageListingReading> {
  const { listImages } = await import('../../compose/list-images.ts');
  const { judgeListedImage } = await import('../../compose/judge-listed-image.ts');
  const { openRegistry } = await import('../../compose/open-registry.ts');
  const { PullCredentials } = await import('../../image/registry/pull-credentials.ts');
  const registry = await openRegistry(readRegistryAccess(context, input), {
    clock: systemClock,
    remedies: OPTION_REMEDIES,
    signal: AbortSignal.timeout(TOTAL_TIMEOUT_MS),
  });
  const pullCredentials = input.flag('pull-secrets')
    ? new PullCredentials({ client, clock: systemClock, configured: registry.credentials })
    : undefined;
  const judgement = {
    registry,
    pullCredentials,
    authorities,
    wanted: readWantedClaim(input),
    clock: systemClock,
    formatSigner,
  };
  try {
    return await listImages({
      client,
      namespace: input.text('namespace'),
      judge: async (asked) => await judgeListedImage(asked, judgement),
      clock: systemClock,
    });
  } finally {
    registry.close();
  }
}

type FindingStatus = 'signed' | 'unsigned' | 'unreadable' | 'unavailable' | 'unjudged';

function decideStatus(statuses: readonly FindingStatus[]): ExitStatus {
  if (statuses.includes('unsigned') || statuses.includes('unreadable')) return 'failed';
  return statuses.includes('unavailable') ? 'unavailable' : 'ok';
}
