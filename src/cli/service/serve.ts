/** `holdfast serve`. */
import { holdYoungGeneration, releaseYoungGeneration } from '../../base/young-generation.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, reportWarnings, requireConfiguration } from '../find-configuration.ts';
import { readPackageVersion } from '../package-version.ts';

/** Runs the webhook until a stop signal. */
export const serveCommand: CommandDefinition = {
  name: 'serve',
  summary: 'Run the webhook until SIGTERM or SIGINT',
  description:
    'Judges with the bundle that policies.bundle names: build it with holdfast policy build.\n' +
    'Prints "ready URL" on standard output once it answers, and logs JSON lines on standard error.\n' +
    'A changed configuration file or certificate is taken over while it runs.',
  options: [configOption],
  examples: [{ line: 'serve --config holdfast.yaml', note: 'run with a configuration' }],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  holdYoungGeneration();
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  reportWarnings(context, loaded);
  const stopSignal = context.stopSignal();
  const { startService } = await import('../../compose/service.ts');
  const { findPackagedBundle } = await import('../../policy/load-bundle.ts');
  const { createTelemetry } = await import('../../compose/telemetry.ts');
  const { logger, metrics } = createTelemetry(loaded.configuration);
  const service = await startService({
    loaded,
    logger,
    metrics,
    environment: context.environment,
    version: readPackageVersion(),
    defaultBundleFolder: findPackagedBundle(),
  });
  releaseYoungGeneration();
  context.print(`ready ${service.url}`);
  logger.info('Serving', {
    url: service.url,
    operationsUrl: service.operationsUrl,
    healthUrl: service.healthUrl,
    policyRevision: service.policyRevision,
    policies: service.policyNames,
  });
  await aborted(stopSignal);
  logger.info('Stopping', { reason: String(stopSignal.reason) });
  await service.stop();
  return 'ok';
}

/** Resolves at the stop signal. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
