/** `holdfast version`. */
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { readPackageFacts } from '../package-version.ts';

/** Prints the versions that a bug report needs. */
export const versionCommand: CommandDefinition = {
  name: 'version',
  summary: 'Print the versions of Holdfast and of what it runs on',
  description: 'Where the configuration names a policy bundle, its revision is printed too.',
  options: [configOption, outputOption(['table', 'json', 'yaml'])],
  examples: [{ line: 'version -o json', note: 'for a report of a fault' }],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const loaded = await requireConfiguration(quiet(context), input.text('config'));
  if (loaded === undefined) return 'configuration';
  const { version, opaWasm } = readPackageFacts();
  const revision = await readRevision(loaded.configuration.policies.bundle);
  const versions = {
    holdfast: version,
    node: process.versions.node,
    opaWasm,
    ...(revision === undefined ? {} : { policies: revision }),
  };
  printAnswer(context, input, {
    table: () =>
      Object.entries(versions)
        .map(([name, value]) => `${NAMES[name] ?? name} ${value}`)
        .join('\n'),
    json: () => JSON.stringify(versions),
  });
  return 'ok';
}

const NAMES: Readonly<Record<string, string>> = { opaWasm: 'opa-wasm', policies: 'policies' };

// Warnings about the configuration are not useful here.
function quiet(context: CommandContext): CommandContext {
  return {
    ...context,
    report: (text) => {
      if (!text.startsWith('warning: ')) context.report(text);
    },
  };
}

async function readRevision(bundle: string | undefined): Promise<string | undefined> {
  if (bundle === undefined) return undefined;
  const { loadBundle } = await import('../../policy/load-bundle.ts');
  return (await loadBundle(bundle)).manifest.revision;
}
