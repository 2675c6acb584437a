/** `holdfast policy settings`. */
import { existsSync } from 'node:fs';
import { HoldfastError } from '../../errors.ts';
import { keptBundlePath } from '../../policy/bundle/kept-bundle.ts';
import type { Labels } from '../../policy/namespace-selector.ts';
import type { DescribedSetting } from '../../policy/describe-settings.ts';
import type { RequestPlace } from '../../policy/request-place.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { formatTable } from '../format-table.ts';
import { outputOption, printAnswer } from '../output-option.ts';

/** Prints the outcome of every rule about modes and parameters for one place. */
export const policySettingsCommand: CommandDefinition = {
  name: 'policy settings',
  summary:
    'Say which mode and parameters each policy has in a namespace, and which setting says so',
  description:
    'Compares the configuration with the policies of its bundle, and asks no cluster. Without --namespace, for cluster-scoped objects.\n' +
    'Without --label and --unlabelled, the labels count as unknown: of the modes that they could give, the strictest holds, as it does in a\n' +
    'serving process that cannot read a namespace.',
  options: [
    { name: 'namespace', short: 'n', value: 'NAMESPACE', summary: 'the namespace' },
    {
      name: 'label',
      short: 'l',
      value: 'KEY=VALUE',
      summary: 'a label of the namespace; repeatable',
      repeatable: true,
    },
    { name: 'unlabelled', summary: 'the namespace has no labels' },
    configOption,
    outputOption(['table', 'wide', 'json', 'yaml']),
  ],
  examples: [
    { line: 'policy settings', note: 'for cluster-scoped objects' },
    { line: 'policy settings -n shop -l stage=production', note: 'in a namespace' },
    { line: 'policy settings -n shop -l stage=dev -o yaml', note: 'with the parameters' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const place = readPlace(input);
  const { policies } = loaded.configuration;
  const downloaded = policies.server ?? policies.registry;
  const bundle = downloaded ? keptBundlePath(downloaded.folder) : policies.bundle;
  if (bundle !== undefined && !existsSync(bundle)) {
    context.report(
      'holdfast: The bundle is not on this machine: shown are the policies of Holdfast',
    );
  }
  const { readKnownPolicies } = await import('../../authoring/read-known-policies.ts');
  const { describeSettings } = await import('../../policy/describe-settings.ts');
  const descriptors = await readKnownPolicies(bundle);
  if (descriptors === undefined) {
    throw new HoldfastError('policy_bundle_missing', 'There are no policies on this machine', {
      remedy: 'Name a bundle in policies.bundle',
    });
  }
  const described = describeSettings(descriptors, place, policies);
  printAnswer(context, input, {
    table: () => formatSettings(described, { isWide: false }),
    wide: () => formatSettings(described, { isWide: true }),
    json: () => JSON.stringify({ ...place, policies: described }, undefined, 2),
  });
  return 'ok';
}

function readPlace(input: CommandInput): RequestPlace {
  const namespace = input.text('namespace');
  const given = input.texts('label');
  const isUnlabelled = input.flag('unlabelled');
  if (namespace === undefined && (given.length > 0 || isUnlabelled)) {
    throw new HoldfastError('argument_invalid', 'Labels are those of a namespace: name it with -n');
  }
  if (given.length > 0 && isUnlabelled) {
    throw new HoldfastError('argument_invalid', 'Name either --label or --unlabelled');
  }
  const isKnown = given.length > 0 || isUnlabelled;
  return { namespace, ...(isKnown && { labels: [Object.fromEntries(given.map(readLabel))] }) };
}

function readLabel(text: string): readonly [keyof Labels, string] {
  const equals = text.indexOf('=');
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  throw new HoldfastError('argument_invalid', `--label wants KEY=VALUE, found "${text}"`);
}

function formatSettings(
  described: readonly DescribedSetting[],
  { isWide }: { readonly isWide: boolean },
): string {
  const head = ['POLICY', 'MODE', 'SET BY', ...(isWide ? ['FAILURE', 'PARAMETERS'] : [])];
  const rows = described.map(({ policy, mode, setBy, byLabels, failure, parameters }) => [
    policy,
    mode,
    byLabels.length === 0 ? setBy : `${setBy} (labels unknown: ${byLabels.join(', ')})`,
    ...(isWide ? [failure, JSON.stringify(parameters) ?? 'by labels'] : []),
  ]);
  return formatTable([head, ...rows]).join('\n');
}
