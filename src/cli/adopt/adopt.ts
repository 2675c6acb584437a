/** `holdfast adopt`: a configuration that fits a cluster, with the reasons for it. */
import { access, constants, lstat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { describeFileError } from '../../base/describe-file-error.ts';
import { errorCode } from '../../base/error-details.ts';
import type { AdoptionPlan } from '../../compose/adoption/plan-configuration.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import { clusterOptions, connectCluster } from '../connect-cluster.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { CONFIGURATION_FILE } from '../find-configuration.ts';
import { formatProblem } from '../format-problem.ts';
import { outputOption } from '../output-option.ts';
import { showProgress } from '../show-progress.ts';

const LOOKING = { doing: 'looking at the cluster', counted: ['kind', 'kinds'] } as const;

/** Ends with `unavailable` if a part of the cluster could not be looked at. */
export const adoptCommand: CommandDefinition = {
  name: 'adopt',
  summary: 'Write a configuration that fits a cluster, from what runs in it',
  description:
    'Looks for Argo CD and Flux, whom they impersonate, operators, mutating webhooks, and how large the cluster is. Reads with your\n' +
    'kubeconfig and changes nothing. What was found stands in the file as a comment, and what the cluster does not tell as a\n' +
    'question; as JSON there is all that was found. Ends with 0, and with 4 if something could not be looked at: the file then says what.',
  options: [
    ...clusterOptions(),
    { name: 'cluster', value: 'NAME', summary: 'what the cluster is called in records and grants' },
    {
      name: 'out',
      value: 'FILE',
      summary:
        'where to write the configuration; an existing file is kept (default: standard output)',
    },
    outputOption(['yaml', 'json']),
  ],
  examples: [
    { line: 'adopt --out holdfast.yaml', note: 'the current context of your kubeconfig' },
    { line: 'adopt --output json', note: 'for many clusters' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const named = input.text('out');
  // Before the cluster is read, which takes time.
  const obstacle =
    named === undefined ? undefined : await findObstacle(resolve(context.workingDirectory, named));
  if (obstacle !== undefined) return reportUnwritten(context, String(named), obstacle);
  const plan = await survey(context, input);
  return plan === undefined ? 'configuration' : await show(context, input, plan);
}

/** Why the file cannot be made. Somebody may have answered the questions of one that is there. */
async function findObstacle(file: string): Promise<string | undefined> {
  try {
    await lstat(file);
    return 'it is there already';
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') return describeFileError(error);
  }
  try {
    await access(dirname(file), constants.W_OK);
    return undefined;
  } catch (error) {
    return describeFileError(error);
  }
}

function reportUnwritten(context: CommandContext, file: string, reason: string): ExitStatus {
  const message = `The configuration was not written to "${file}": ${reason}`;
  context.report(formatProblem(message, 'Name another file with --out'));
  return 'unavailable';
}

async function survey(
  context: CommandContext,
  input: CommandInput,
): Promise<AdoptionPlan | undefined> {
  const connected = await connectCluster(context, input);
  if (connected === undefined) return undefined;
  const { client } = connected;
  try {
    const { surveyCluster } = await import('../../compose/adoption/survey-cluster.ts');
    const { planConfiguration } = await import('../../compose/adoption/plan-configuration.ts');
    const found = await showProgress(context, LOOKING, (tell) => {
      const looked = new Set<string>();
      const onLook = (resource: string): void => tell(looked.add(resource).size);
      return surveyCluster({ client, clock: systemClock, onLook });
    });
    return planConfiguration(found, { cluster: input.text('cluster') });
  } finally {
    client.close();
  }
}

async function show(
  context: CommandContext,
  input: CommandInput,
  plan: AdoptionPlan,
): Promise<ExitStatus> {
  const { formatConfiguration, formatPlanJson } =
    await import('../../compose/adoption/format-configuration.ts');
  const { formatNextSteps } = await import('../../compose/adoption/format-next-steps.ts');
  const isJson = input.text('output') === 'json';
  const text = isJson ? formatPlanJson(plan) : formatConfiguration(plan);
  const file = input.text('out');
  if (file === undefined) context.print(text.trimEnd());
  else {
    try {
      await writeFile(resolve(context.workingDirectory, file), text, { flag: 'wx' });
    } catch (error) {
      return reportUnwritten(context, file, describeFileError(error));
    }
  }
  if (!isJson) context.report(formatNextSteps(plan, file ?? CONFIGURATION_FILE));
  return plan.blindSpots.length === 0 ? 'ok' : 'unavailable';
}
