/** `holdfast freeze end`: lets deployments go on before a freeze ends by itself. */
import { addMs, systemClock } from '../../base/clock.ts';
import { formatFreezesPath } from '../../freeze/followed-freezes.ts';
import { FREEZE_LIMITS } from '../../freeze/settings.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import { ASK_MS_MAX, clusterOptions, connectCluster } from '../connect-cluster.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { formatProblem } from '../format-problem.ts';
import { askUsername } from './ask-username.ts';

/** Marks the object ended, with who and why: the object and the record of the change keep both. */
export const freezeEndCommand: CommandDefinition = {
  name: 'freeze end',
  summary: 'Let deployments go on',
  description:
    'Marks a Freeze object as ended. Windows end by the configuration. Flux then deploys by itself; in Argo CD, sync once more what was refused.',
  arguments: [{ name: 'NAME', summary: 'the object, as freeze list shows it', required: true }],
  options: [
    {
      name: 'reason',
      value: 'TEXT',
      summary: 'why it may go on; stands in the object and its record',
    },
    configOption,
    ...clusterOptions(),
  ],
  examples: [
    {
      line: 'freeze end freeze-01kb8s2qf3w1x5y7z9a1b3c5d7 --reason "1.2.1 is verified"',
      note: 'before its time',
    },
  ],
  run,
};

const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u;
const REASON_CHARS_MAX = FREEZE_LIMITS['freeze.reasonCharsMax'].default;

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const [name = ''] = input.arguments;
  const reason = input.text('reason') ?? '';
  if (!NAME.test(name) || reason === '' || reason.length > REASON_CHARS_MAX) {
    const expected = NAME.test(name)
      ? `--reason: Expected why deployments may go on, in at most ${String(REASON_CHARS_MAX)} characters`
      : `Expected the name of a freeze, found ${JSON.stringify(name)}`;
    context.report(formatProblem(expected, 'See holdfast freeze end --help'));
    return 'usage';
  }
  const connected = await connectCluster(context, input);
  if (connected === undefined) return 'configuration';
  const { client, configuration } = connected;
  try {
    const written = await client.write(
      `${formatFreezesPath(configuration.breakGlass.namespace)}/${name}`,
      {
        method: 'PATCH',
        body: { spec: { ended: true, endedBy: await askUsername(client), endedReason: reason } },
        contentType: 'application/merge-patch+json',
        deadlineAtMs: addMs(systemClock.monotonicMs(), ASK_MS_MAX),
      },
    );
    if (written.status === 'written') {
      context.print(`ended ${name}`);
      return 'ok';
    }
    const why = written.status === 'absent' ? 'there is no such freeze' : written.reason;
    context.report(`holdfast: The freeze "${name}" was not ended: ${why}`);
    return written.status === 'absent' ? 'failed' : 'unavailable';
  } finally {
    client.close();
  }
}
