/** `holdfast audit tail`: shows new records as they are written. */
import { filterOptions, readFilter } from './filter-options.ts';
import { formatJsonLine } from '../../audit/export/format-json-line.ts';
import { formatEntryLine } from './format-entry.ts';
import { findJournalFolders, foldersArgument, readWholeNumber } from './journal-folders.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';

/** The first records are collected in memory: a few kilobytes each. */
const LINES_MAX = 100_000;

/** Ends with `ok` on SIGINT, SIGTERM, and when the output is closed. */
export const auditTailCommand: CommandDefinition = {
  name: 'audit tail',
  summary: 'Show the newest records, and follow what comes',
  arguments: [foldersArgument],
  options: [
    { name: 'follow', short: 'f', summary: 'wait for new records until Ctrl-C' },
    { name: 'lines', short: 'n', value: 'N', summary: 'how many come first', default: '10' },
    ...filterOptions,
    outputOption(['table', 'jsonl']),
    configOption,
  ],
  examples: [
    { line: 'audit tail -f --decision denied', note: 'every refusal, as it happens' },
    { line: 'audit tail -f -o jsonl | jq .record.message', note: 'for other programs' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const filter = readFilter(context, input, Date.now());
  const lines = readWholeNumber(context, input, { name: 'lines', min: 0, max: LINES_MAX });
  if (filter === undefined || lines === undefined) return 'usage';
  const folders = await findJournalFolders(context, input);
  if (folders === undefined) return 'configuration';
  const follow = input.flag('follow');
  const signal = follow ? context.stopSignal() : new AbortController().signal;
  const { tailJournals } = await import('../../audit/query/tail-journal.ts');
  const paths = folders.map(({ path }) => path);
  for await (const { entry, origin } of tailJournals(paths, { filter, lines, follow, signal })) {
    printAnswer(context, input, {
      table: () => formatEntryLine(entry),
      json: () => formatJsonLine(entry, origin),
    });
  }
  return 'ok';
}
