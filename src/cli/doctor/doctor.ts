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
    'certificate that is served, kinds that the rules miss, what guards the registration, replicas, clocks, rights, the GitOps\n' +
    'controllers, where evidence goes, and whether it arrives. Makes a handshake with Holdfast where it can be reached, and asks\n' +
    'for one write as a dry run, which is recorded. What is only known where Holdfast runs, as the room of its journal, is\n' +
    'unknown elsewhere: run it in the pod, too. What you have no right to see is not looked at, and named.\n' +
    'Ends with 0 without a failure, with 1 if a check failed, and with 4 if none failed and something could not be read.',
  options: [
    configOption,
    ...clusterOptions('where Holdfast runs (default: breakGlass.namespace)'),
    outputOption(['table', 'wide', 'json', 'yaml']),
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
      table: () => formatExamination(results, { showsPlaces: false }),
      wide: () => formatExamination(results, { showsPlaces: true }),
      json: () => JSON.stringify({ checks: results }, undefined, 2),
    });
    return decideStatus(results);
  } finally {
    client.close();
  }
}

/** What could not be read, for whatever reason. */
const UNREAD: ReadonlySet<string> = new Set(['unreadable', 'not_looked_at']);

function decideStatus(results: readonly CheckResult[]): ExitStatus {
  const findings = results.flatMap((result) => result.findings);
  if (findings.some(({ status }) => status === 'failed')) return 'failed';
  return findings.some(({ code }) => UNREAD.has(code)) ? 'unavailable' : 'ok';
}
