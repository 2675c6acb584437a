/** `holdfast policy docs`. */
import { resolve } from 'node:path';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { sourcesArgument, sourcesOf } from './sources-argument.ts';

/** Prints what the policies of a folder say about themselves. */
export const policyDocsCommand: CommandDefinition = {
  name: 'policy docs',
  summary: 'Print a catalogue of the policies of a folder, for those whom they judge',
  description:
    'From METADATA and the code: what each policy judges, which facts it reads, its codes and messages, its parameters, and its mode where the\n' +
    'configuration sets one. The same sources and configuration give the same text. Needs OPA as holdfast policy build does.',
  arguments: [sourcesArgument],
  options: [configOption, outputOption(['markdown', 'json', 'yaml'])],
  examples: [
    {
      line: 'policy docs > POLICIES.md',
      note: 'beside the policies, or on a page of the platform',
    },
    {
      line: 'policy docs policies --config holdfast.yaml -o json',
      note: 'with the modes in force',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const { cacheFolder } = await import('../../base/cache-folder.ts');
  const { describePolicies } = await import('../../authoring/catalogue/describe-policies.ts');
  const { formatCatalogue } = await import('../../authoring/catalogue/format-catalogue.ts');
  const { ensureOpa } = await import('../../authoring/opa-binary.ts');
  const { environment, workingDirectory, report: progress } = context;
  const opa = await ensureOpa({ cacheFolder: cacheFolder(environment), environment, progress });
  const policies = await describePolicies({
    sourceFolder: resolve(workingDirectory, sourcesOf(input)),
    opaPath: opa.path,
    settings: loaded.configuration.policies,
  });
  const markdown = (): string => `# Policies\n\n${formatCatalogue(policies)}`;
  printAnswer(context, input, {
    table: markdown,
    markdown,
    json: () => JSON.stringify(policies),
  });
  return 'ok';
}
