/** `holdfast drift list`: what was changed past admission, and is not reverted yet. */
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { filterOptions, readFilter } from '../audit/filter-options.ts';
import { findJournalFolders, foldersArgument } from '../audit/journal-folders.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { formatDriftTable } from './format-drift.ts';

const FILTERS = new Set(['since', 'until', 'namespace', 'object']);

/** Ends with `ok` whether something is found or not: a monitor reads the metric `holdfast_drift_open`. */
export const driftListCommand: CommandDefinition = {
  name: 'drift list',
  summary: 'List managed objects that were changed past admission',
  description:
    'Reads the findings of journals, also of running ones: those that are open, the newest first. Name the journals of all replicas: each records what it found while it led.',
  arguments: [foldersArgument],
  options: [
    ...filterOptions.filter(({ name }) => FILTERS.has(name)),
    { name: 'all', summary: 'also what was reverted' },
    outputOption(['table', 'json']),
    configOption,
  ],
  examples: [
    { line: 'drift list', note: 'what is open' },
    { line: 'drift list --all --since 7d r0/journal r1/journal', note: 'a week of two replicas' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const filter = readFilter(context, input, Date.now());
  if (filter === undefined) return 'usage';
  const folders = await findJournalFolders(context, input);
  if (folders === undefined) return 'configuration';
  const { collectDrift } = await import('../../drift/collect-drift.ts');
  const found = await collectDrift(
    folders.map(({ path }) => path),
    filter,
  );
  const shown = found.filter(({ revertedAt }) => input.flag('all') || revertedAt === undefined);
  printAnswer(context, input, {
    table: () => formatDriftTable(shown),
    json: () => JSON.stringify(shown.map(({ record, revertedAt }) => ({ ...record, revertedAt }))),
  });
  return 'ok';
}
