/** `holdfast audit query`: finds records by user, object, time and decision. */
import type { FoundEntry, JournalSearch } from '../../audit/query/search-journal.ts';
import { filterOptions, readFilter } from './filter-options.ts';
import { formatJsonLine } from '../../audit/export/format-json-line.ts';
import { formatEntryTable, formatEntryTableWide } from './format-entry.ts';
import { findJournalFolders, foldersArgument, readWholeNumber } from './journal-folders.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { showProgress } from '../show-progress.ts';

/** Results are collected in memory before printing: a few kilobytes each. */
const LIMIT_MAX = 100_000;

/** Ends with `ok` even if nothing is found. */
export const auditQueryCommand: CommandDefinition = {
  name: 'audit query',
  summary: 'Find records in journals, the newest first',
  description: 'Reads also a running journal. Several journals are merged by time.',
  arguments: [foldersArgument],
  options: [
    ...filterOptions,
    { name: 'limit', value: 'N', summary: 'how many are shown', default: '100' },
    outputOption(['table', 'wide', 'json', 'jsonl']),
    configOption,
  ],
  examples: [
    { line: 'audit query --object deployments/shop/checkout --since 7d', note: 'one object' },
    {
      line: 'audit query --user alice --decision denied r0/journal r1/journal',
      note: 'two replicas',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const filter = readFilter(context, input, Date.now());
  const limit = readWholeNumber(context, input, { name: 'limit', min: 1, max: LIMIT_MAX });
  if (filter === undefined || limit === undefined) return 'usage';
  const folders = await findJournalFolders(context, input);
  if (folders === undefined) return 'configuration';
  const { searchJournals } = await import('../../audit/query/search-journal.ts');
  const search: JournalSearch = { filter, limit };
  const found = searchJournals(
    folders.map(({ path }) => path),
    search,
  );
  if (input.text('output') === 'jsonl') {
    for await (const { entry, origin } of found) context.print(formatJsonLine(entry, origin));
    return 'ok';
  }
  const entries: FoundEntry[] = [];
  const searching = { doing: 'searching journals', counted: ['record', 'records'] } as const;
  await showProgress(context, searching, async (tell) => {
    for await (const entry of found) tell(entries.push(entry));
  });
  printAnswer(context, input, {
    table: () => formatEntryTable(entries.map(({ entry }) => entry)),
    wide: () => formatEntryTableWide(entries.map(({ entry }) => entry)),
    json: () =>
      `[${entries.map(({ entry, origin }) => formatJsonLine(entry, origin)).join(',\n')}]`,
  });
  return 'ok';
}
