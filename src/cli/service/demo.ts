/** `holdfast demo`, behind `npm start`: a webhook on loopback, and a replay of a recorded day. */
import { join } from 'node:path';
import type { Demo } from '../../compose/demo.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { readPackageVersion } from '../package-version.ts';
import { aborted } from './serve.ts';

/** Shows a newcomer what Holdfast does. */
export const demoCommand: CommandDefinition = {
  name: 'demo',
  summary: 'Start on loopback and play a recorded day of a cluster through it',
  description:
    'Makes development certificates in certs/ where there are none, and stays up afterwards.',
  options: [
    { ...configOption, summary: 'the configuration (default: the one recorded with the day)' },
    { name: 'day', value: 'FILE', summary: 'the recording (default: the one that comes along)' },
    { name: 'once', summary: 'end after the day instead of staying up' },
  ],
  examples: [{ line: 'demo --once', note: 'see every decision of the day' }],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const { RECORDED_DAY_FOLDER } = await import('../../compose/recorded-day.ts');
  const loaded = await requireConfiguration(
    context,
    input.text('config') ?? join(RECORDED_DAY_FOLDER, 'holdfast.yaml'),
  );
  if (loaded === undefined) return 'configuration';
  const stopSignal = context.stopSignal();
  const { ensureDefaultBundle } = await import('../../authoring/ensure-bundle.ts');
  const { environment, report: progress } = context;
  const needsDefault = loaded.configuration.policies.bundle === undefined;
  const { startDemo } = await import('../../compose/demo.ts');
  const demo = await startDemo({
    loaded,
    dayFile: input.text('day') ?? join(RECORDED_DAY_FOLDER, 'recorded-day.json'),
    environment,
    version: readPackageVersion(),
    ...(needsDefault && {
      defaultBundleFolder: await ensureDefaultBundle({ environment, progress }),
    }),
    progress,
  });
  try {
    const unexpected = await play(context, demo);
    if (input.flag('once')) return unexpected === 0 ? 'ok' : 'failed';
    for (const line of describeNextSteps(demo)) context.print(line);
    await aborted(stopSignal);
    return 'ok';
  } finally {
    await demo.stop();
  }
}

/** Prints a line for each decision; the number of decisions that differ from the recording's expectation. */
async function play(context: CommandContext, demo: Demo): Promise<number> {
  const { formatReplayedCase } = await import('./format-replay.ts');
  const counts = { allowed: 0, denied: 0, unexpected: 0 };
  for await (const replayed of demo.play()) {
    const time = new Date().toISOString().slice(11, 19);
    context.print(formatReplayedCase(replayed, { color: context.color, time }));
    counts[replayed.allowed ? 'allowed' : 'denied'] += 1;
    if (replayed.allowed !== (replayed.recorded.expect === 'allow')) counts.unexpected += 1;
  }
  context.print(
    `\n${String(counts.allowed + counts.denied)} reviews: ${String(counts.allowed)} allowed, ` +
      `${String(counts.denied)} denied, ${String(counts.unexpected)} not as recorded\n`,
  );
  return counts.unexpected;
}

function describeNextSteps({
  url,
  operationsUrl,
  authorityFile,
  reviewFile,
}: Demo): readonly string[] {
  return [
    `ready ${url}`,
    '',
    'Send it a review:',
    `  curl --cacert ${authorityFile} -H 'content-type: application/json' --data @${reviewFile} ${url}/validate`,
    'Register it with a cluster (prints the webhook configurations to apply):',
    `  npm run -s holdfast -- manifests --url ${url} --ca-file ${authorityFile}`,
    'Try it on a real API server:',
    '  npm run sandbox',
    `Metrics and health: ${operationsUrl}/metrics, /livez, /readyz`,
    'Ctrl-C stops it.',
  ];
}
