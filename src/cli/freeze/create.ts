/** `holdfast freeze create`: stops deployments in a cluster. */
import { addMs, systemClock } from '../../base/clock.ts';
import { createIdentifierGenerator } from '../../base/identifier.ts';
import { formatFreezesPath } from '../../freeze/followed-freezes.ts';
import { planFreeze } from '../../freeze/plan-freeze.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import { ASK_MS_MAX, clusterOptions, connectCluster } from '../connect-cluster.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { formatProblem } from '../format-problem.ts';
import { askUsername } from './ask-username.ts';

/** Creates a `Freeze` under the name of whoever runs it; the replicas see it within a second. */
export const freezeCreateCommand: CommandDefinition = {
  name: 'freeze create',
  summary: 'Stop deployments in a cluster',
  description:
    'Creates a Freeze object in the namespace of Holdfast. While it is in force, what the GitOps controllers would deploy is refused.\n' +
    'It covers all that the options name, and without them everything but the platform. It ends by itself.\n' +
    'Who may: freeze.operators of the configuration that Holdfast runs with, or who has a grant that names freezes.holdfast.dev.',
  options: [
    {
      name: 'application',
      value: 'NAMESPACE/NAME',
      summary: 'what it deploys; each part may have one "*"; repeatable',
      repeatable: true,
    },
    {
      name: 'namespace',
      value: 'NAMESPACE',
      summary: 'objects in it; "*" at its end; repeatable',
      repeatable: true,
    },
    { name: 'reason', value: 'TEXT', summary: 'why; stands in every refusal' },
    { name: 'for', value: 'TIME', summary: 'how long: 90m, 2h, 7d', default: '1h' },
    configOption,
    ...clusterOptions(),
  ],
  examples: [
    {
      line: 'freeze create --application argocd/checkout --for 2h --reason "the checkout is being repaired"',
      note: 'one application, for two hours',
    },
    { line: 'freeze create --for 3d --reason "end of the quarter"', note: 'everything' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const connected = await connectCluster(context, input);
  if (connected === undefined) return 'configuration';
  const { client, configuration } = connected;
  try {
    const { namespace } = configuration.breakGlass;
    const nowMs = systemClock.wallMs();
    const planned = planFreeze(
      {
        applications: input.texts('application'),
        namespaces: input.texts('namespace'),
        reason: input.text('reason') ?? '',
        duration: input.text('for') ?? '',
      },
      {
        name: `freeze-${createIdentifierGenerator()(nowMs).toLowerCase()}`,
        namespace,
        by: await askUsername(client),
        nowMs,
        lifetimeMaxMs: configuration.freeze.lifetimeMaxMs,
      },
    );
    if (!planned.ok) {
      const lines = planned.problems.map(({ option, problem }) => `--${option}: ${problem}`);
      const message = ['Nothing is frozen', ...lines].join('\n');
      context.report(formatProblem(message, 'See holdfast freeze create --help'));
      return 'usage';
    }
    const { object } = planned;
    const written = await client.write(formatFreezesPath(namespace), {
      method: 'POST',
      body: object,
      deadlineAtMs: addMs(systemClock.monotonicMs(), ASK_MS_MAX),
    });
    if (written.status === 'written') {
      context.print(`frozen until ${object.spec.expires}: ${object.metadata.name}`);
      return 'ok';
    }
    const reason =
      written.status === 'absent'
        ? 'the kind Freeze is not installed: apply deploy/base/freeze.yaml'
        : written.reason;
    context.report(`holdfast: Nothing is frozen: ${reason}`);
    return 'unavailable';
  } finally {
    client.close();
  }
}
