/** `holdfast lineage show`: the versions of one application. */
import { formatApplication } from '../../source/commits/deployed-commits.ts';
import { LINEAGE_LIMITS } from '../../source/lineage/settings.ts';
import { findJournalFolders } from '../audit/journal-folders.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { applicationArgument, kindOption, readApplicationName } from './application-argument.ts';
import { formatLineage, formatLineageJson } from './format-lineage.ts';

/** More than any configuration keeps, so that nothing that counts is left out. */
const VERSIONS_MAX = LINEAGE_LIMITS['lineage.versionsMax'].maximum;

/** Ends with `usage` where no version of the application was recorded. */
export const lineageShowCommand: CommandDefinition = {
  name: 'lineage show',
  summary: 'Show the versions of one application, and what has verified each',
  arguments: [
    applicationArgument,
    {
      name: 'FOLDER',
      summary: 'a journal, one for each replica (default: audit.journal.folder)',
      variadic: true,
    },
  ],
  options: [kindOption, outputOption(['table', 'json']), configOption],
  examples: [
    { line: 'lineage show argocd/shop', note: 'where it may be rolled back to' },
    {
      line: 'lineage show flux-system/apps --kind Kustomization r0/journal',
      note: 'a Kustomization of Flux, by the journal of one replica',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const application = readApplicationName(context, input);
  if (application === undefined) return 'usage';
  const folders = await findJournalFolders(context, {
    ...input,
    arguments: input.arguments.slice(1),
  });
  if (folders === undefined) return 'configuration';
  const { collectLineages } = await import('../../compose/collect-lineages.ts');
  const lineages = await collectLineages(
    folders.map(({ path }) => path),
    VERSIONS_MAX,
  );
  const wanted = formatApplication(application);
  const found = lineages.filter((each) => formatApplication(each.application) === wanted);
  if (found.length === 0) {
    context.report(
      `holdfast: no version of ${wanted} was recorded: \`holdfast lineage list\` lists the applications`,
    );
    return 'usage';
  }
  printAnswer(context, input, {
    table: () => found.map((each) => formatLineage(each, Date.now())).join('\n\n'),
    json: () => JSON.stringify(found.map(formatLineageJson)),
  });
  return 'ok';
}
