/** `holdfast drift show`: one finding with every change, and who wrote since. */
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { findJournalFolders } from '../audit/journal-folders.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { formatDriftFinding } from './format-drift.ts';

/** Ends with `usage` where no finding has the id. */
export const driftShowCommand: CommandDefinition = {
  name: 'drift show',
  summary: 'Show one finding about a managed object that was changed past admission',
  arguments: [
    { name: 'ID', summary: 'as `drift list` and incidents name it', required: true },
    {
      name: 'FOLDER',
      summary: 'a journal, one for each replica (default: audit.journal.folder)',
      variadic: true,
    },
  ],
  options: [outputOption(['table', 'json']), configOption],
  examples: [
    { line: 'drift show 01JD3V9K2MZX5Q7R8T0W1Y2A3B', note: 'what was changed, and by whom' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const [decisionId = '', ...named] = input.arguments;
  const folders = await findJournalFolders(context, { ...input, arguments: named });
  if (folders === undefined) return 'configuration';
  const { collectDrift } = await import('../../drift/collect-drift.ts');
  // All of them: whether it is reverted, a later record says.
  const found = await collectDrift(
    folders.map(({ path }) => path),
    {},
  );
  const finding = found.find(({ record }) => record.decisionId === decisionId);
  if (finding === undefined) {
    context.report(
      `holdfast: no finding has the id "${decisionId}": \`holdfast drift list --all\` lists them`,
    );
    return 'usage';
  }
  const { record, revertedAt } = finding;
  printAnswer(context, input, {
    table: () => formatDriftFinding(finding),
    json: () => JSON.stringify({ ...record, revertedAt }),
  });
  return 'ok';
}
