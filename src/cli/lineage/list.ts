/** `holdfast lineage list`: the version of each application, and whether it is verified. */
import { LINEAGE_LIMITS } from '../../source/lineage/settings.ts';
import { findJournalFolders, foldersArgument } from '../audit/journal-folders.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { formatLineageJson, formatLineageTable } from './format-lineage.ts';

/** More than any configuration keeps, so that nothing that counts is left out. */
const VERSIONS_MAX = LINEAGE_LIMITS['lineage.versionsMax'].maximum;

/** Ends with `ok` whether there are any or not. */
export const lineageListCommand: CommandDefinition = {
  name: 'lineage list',
  summary: 'List the version of each application, and what has verified it',
  description:
    'Reads the records of journals, also of running ones. Each replica records the versions of all applications: of several\n' +
    'journals, the one with the latest entry of an application counts.',
  arguments: [foldersArgument],
  options: [outputOption(['table', 'json']), configOption],
  examples: [
    { line: 'lineage list', note: 'of the configured journal' },
    { line: 'lineage list r0/journal r1/journal -o json', note: 'of two replicas, for a script' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const folders = await findJournalFolders(context, input);
  if (folders === undefined) return 'configuration';
  const { collectLineages } = await import('../../compose/collect-lineages.ts');
  const lineages = await collectLineages(
    folders.map(({ path }) => path),
    VERSIONS_MAX,
  );
  printAnswer(context, input, {
    table: () => formatLineageTable(lineages, Date.now()),
    json: () => JSON.stringify(lineages.map(formatLineageJson)),
  });
  return 'ok';
}
