/** `holdfast drift heal`: has one finding put right, which the configuration may not have healed by itself. */
import { systemClock } from '../../base/clock.ts';
import { clusterOptions, connectCluster } from '../connect-cluster.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { formatProblem } from '../format-problem.ts';

/** A ULID, as records have them. */
const DECISION_ID = /^[0-9A-HJKMNP-TV-Z]{26}$/u;

/** Ends with `failed` where it may not be asked for. */
export const driftHealCommand: CommandDefinition = {
  name: 'drift heal',
  summary: 'Ask Holdfast to have one finding put right',
  description:
    'Writes a request into the ConfigMap holdfast-heal-requests of the namespace of Holdfast, which its leader takes up within seconds if\n' +
    'drift.heal is configured, whether or not it names the application, and after it has given up, too. Only editors of that namespace\n' +
    '(policies.settings.gitops_namespaces.parameters.editors) may write there, or whoever has a grant; the right to read is not enough.\n' +
    'What holds healing otherwise holds it here: a grant that covers the object, an autoscaler, an operation that runs.',
  arguments: [{ name: 'ID', summary: 'as `drift list` and incidents name it', required: true }],
  options: [configOption, ...clusterOptions()],
  examples: [
    { line: 'drift heal 01JD3V9K2MZX5Q7R8T0W1Y2A3B', note: 'then `drift list` no longer has it' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const decisionId = input.arguments[0] ?? '';
  if (!DECISION_ID.test(decisionId)) {
    context.report(
      formatProblem(
        `"${decisionId}" is no id of a finding`,
        'Take one of those that `holdfast drift list` prints',
      ),
    );
    return 'usage';
  }
  const cluster = await connectCluster(context, input);
  if (cluster === undefined) return 'configuration';
  const { client, configuration } = cluster;
  try {
    if (configuration.drift?.heal === undefined) {
      context.report(
        formatProblem(
          'Nothing is healed: the configuration has no drift.heal',
          'Set drift.heal, or sync the application yourself',
        ),
      );
      return 'configuration';
    }
    const { namespace } = configuration.breakGlass;
    const { requestHealing } = await import('../../drift/healing/request-healing.ts');
    const reason = await requestHealing({ client, namespace, clock: systemClock }, decisionId);
    if (reason === undefined) {
      context.print(`asked for ${decisionId}`);
      return 'ok';
    }
    context.report(
      formatProblem(
        `It was not asked for: ${reason}`,
        `Ask as an editor of the namespace ${namespace} (policies.settings.gitops_namespaces.parameters.editors), or under a grant`,
      ),
    );
    return 'failed';
  } finally {
    client.close();
  }
}
