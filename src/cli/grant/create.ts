/** `holdfast grant create`: creates a grant with its first approval. */
import { systemClock } from '../../base/clock.ts';
import { createIdentifierGenerator } from '../../base/identifier.ts';
import { GRANT_DEFAULTS } from '../../identity/grants/format-lower-limits.ts';
import type { GrantRequest } from '../../identity/grants/find-request-problems.ts';
import { GRANT_VERBS } from '../../identity/grants/settings.ts';
import { formatGrant, planGrant } from '../../identity/grants/plan-grant.ts';
import { signGrant } from '../../identity/grants/verify-grant.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { formatProblem } from '../format-problem.ts';
import { formatGrantManifest } from './read-grant-file.ts';
import { keyOption, readSigningKeyFile } from './read-signing-key-file.ts';

/** Prints the manifest of a `BreakGlassGrant`; what it allows is shown on standard error before. */
export const grantCreateCommand: CommandDefinition = {
  name: 'grant create',
  summary: 'Make a break-glass grant, and approve it first',
  description:
    'Prints the manifest of a BreakGlassGrant: hand it to the other approvers, then apply it. Needs no cluster.\n' +
    'Limits, and the namespace of the object, are those of the configuration, if there is one here, else the defaults.\n' +
    'A grant is for one person, on the clusters, namespaces, resources, names and verbs that it lists, for so many writes.',
  options: [
    keyOption,
    { name: 'subject', value: 'USER', summary: 'the exact username (kubectl auth whoami)' },
    {
      name: 'group',
      value: 'GROUP',
      summary: 'one of the groups to be in; repeatable',
      repeatable: true,
    },
    { name: 'cluster', value: 'NAME', summary: 'cluster.name; repeatable', repeatable: true },
    {
      name: 'namespace',
      value: 'NAMESPACE',
      summary: 'or "*"; absent: objects without a namespace; repeatable',
      repeatable: true,
    },
    {
      name: 'resource',
      value: 'RESOURCE',
      summary: 'deployments.apps, deployments.apps/scale, or "*"; repeatable',
      repeatable: true,
    },
    {
      name: 'object',
      value: 'NAME',
      summary: 'its name (default: every name); repeatable',
      repeatable: true,
    },
    {
      name: 'verb',
      value: 'VERB',
      summary: 'what may be done (default: UPDATE); repeatable',
      repeatable: true,
      choices: GRANT_VERBS,
    },
    { name: 'reason', value: 'TEXT', summary: 'why; stands in every record of its use' },
    { name: 'ticket', value: 'ID', summary: 'where it is followed up', default: '' },
    {
      name: 'minutes',
      value: 'N',
      summary: 'how long it is good for',
      default: String(GRANT_DEFAULTS.minutes),
    },
    {
      name: 'uses',
      value: 'N',
      summary: 'how many writes it allows',
      default: String(GRANT_DEFAULTS.uses),
    },
    {
      name: 'holdfast-namespace',
      value: 'NAMESPACE',
      summary: 'where the object goes (default: breakGlass.namespace)',
    },
    configOption,
  ],
  examples: [
    {
      line: 'grant create --key anna.jwk --subject alice --cluster prod-eu-1 --namespace shop --resource deployments.apps --object checkout --reason "checkout is down" > grant.yaml',
      note: 'one Deployment, ten writes, one hour',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const { limits, namespace } = loaded.configuration.breakGlass;
  const planned = planGrant(readRequest(input), {
    id: createIdentifierGenerator()(systemClock.wallMs()),
    nowMs: systemClock.wallMs(),
    limits,
  });
  if (!planned.ok) {
    const lines = planned.problems.map(({ option, problem }) => `--${option}: ${problem}`);
    const remedy = planned.isBeyondLimits
      ? `These are the limits of ${loaded.file ?? 'the defaults'}; --config names another configuration`
      : 'See holdfast grant create --help';
    context.report(formatProblem(['The grant is not made', ...lines].join('\n'), remedy));
    return 'usage';
  }
  const { grant } = planned;
  const key = await readSigningKeyFile(context, input.text('key'));
  for (const line of formatGrant(grant)) context.report(line);
  const approvals = [await signGrant(JSON.stringify(grant), key)];
  context.print(
    formatGrantManifest({ grant, approvals }, input.text('holdfast-namespace') ?? namespace),
  );
  return 'ok';
}

function readRequest(input: CommandInput): GrantRequest {
  const listed = (name: string, fallback: readonly string[]): readonly string[] => {
    const texts = input.texts(name);
    return texts.length === 0 ? fallback : texts;
  };
  return {
    subject: input.text('subject') ?? '',
    groups: input.texts('group'),
    clusters: input.texts('cluster'),
    namespaces: listed('namespace', ['']),
    resources: input.texts('resource'),
    names: listed('object', ['*']),
    verbs: listed('verb', ['UPDATE']),
    reason: input.text('reason') ?? '',
    ticket: input.text('ticket') ?? '',
    minutes: input.text('minutes') ?? '',
    uses: input.text('uses') ?? '',
  };
}
