/** `holdfast doctor`: whether Holdfast protects a cluster, and what to do where it does not. */
import { systemClock } from '../../base/clock.ts';
import type { CheckResult } from '../../compose/doctor/finding.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import { connectCluster, clusterOptions } from '../connect-cluster.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { showProgress } from '../show-progress.ts';
import { formatExamination } from './format-examination.ts';

/** Changes nothing. Ends with `failed` if a check failed, with `unavailable` if nothing failed and one could not be made. */
export const doctorCommand: CommandDefinition = {
  name: 'doctor',
  summary: 'Say whether Holdfast protects a cluster, and what to do where it does not',
  description:
    'Reads through the API server, and changes nothing: the registration and its time-outs, the registered authority against the\n' +
    'certificate that is served, what guards the registration, replicas, rights, the GitOps controllers, and where evidence goes.\n' +
    'What is only known where Holdfast runs, as its certificate and its journal, is unknown elsewhere: run it in the pod, too.\n' +
    'Ends with 0 without a failure, with 1 if a check failed, and with 4 if none failed and something could not be read.',
  options: [
    configOption,
    ...clusterOptions('where Holdfast runs (default: breakGlass.namespace)'),
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [
    { line: 'doctor --config holdfast.yaml', note: 'from a laptop, with the current kubeconfig' },
    { line: 'doctor -o json', note: 'for scripts' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const connected = await connectCluster(context, input);
  if (connected === undefined) return 'configuration';
  const { client, configuration } = connected;
  try {
    const { examine } = await import('../../compose/doctor/examine.ts');
    const namespace = input.text('namespace') ?? configuration.breakGlass.namespace;
    const results = await showProgress(context, { doing: 'examining the cluster' }, () =>
      examine({ client, configuration, namespace, clock: systemClock }),
    );
    printAnswer(context, input, {
      table: () => formatExamination(results),
      json: () => JSON.stringify({ checks: results }, undefined, 2),
    });
    return decideStatus(results);
  } finally {
    client.close();
  }
}

function decideStatus(results: readonly CheckResult[]): ExitStatus {
  const findings = results.flatMap((result) => result.findings);
  if (findings.some(({ status }) => status === 'failed')) return 'failed';
  return findings.some(({ code }) => code === 'unreadable') ? 'unavailable' : 'ok';
}
