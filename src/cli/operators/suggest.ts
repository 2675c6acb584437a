/** `holdfast operators suggest`: entries for the controllers whose writes were refused, or would have been. */
import { filterOptions, readFilter } from '../audit/filter-options.ts';
import { findJournalFolders, foldersArgument, readWholeNumber } from '../audit/journal-folders.ts';
import type { ObservedWrite } from '../../identity/observed-write.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';

/** What is kept of each record until the end: about a kilobyte. */
const LIMIT_MAX = 1_000_000;

/** Ends with `ok` even if nothing is proposed. */
export const operatorsSuggestCommand: CommandDefinition = {
  name: 'operators suggest',
  summary: 'Propose entries for controllers that write into what Git manages',
  description:
    'Reads journals for writes that were refused, or warned of, and prints YAML for the section identity of the\n' +
    'configuration: a preset where one covers all of them, else the narrowest rules. Never for people, nor for writers.',
  arguments: [foldersArgument],
  options: [
    ...filterOptions,
    { name: 'limit', value: 'N', summary: 'how many records are read', default: '100000' },
    configOption,
  ],
  examples: [{ line: 'operators suggest --since 7d', note: 'after a week of policies.mode: warn' }],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const filter = readFilter(context, input, Date.now());
  const limit = readWholeNumber(context, input, { name: 'limit', min: 1, max: LIMIT_MAX });
  if (filter === undefined || limit === undefined) return 'usage';
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const folders = await findJournalFolders(context, input);
  if (folders === undefined) return 'configuration';
  const { readObservedWrites } = await import('../../compose/read-observed-writes.ts');
  const { planOperators } = await import('../../identity/plan-operators.ts');
  const { formatOperatorPlan } = await import('../../identity/format-operator-plan.ts');
  const { listOperators } = await import('../../identity/presets/list-operators.ts');
  const paths = folders.map(({ path }) => path);
  const writes: ObservedWrite[] = [];
  for await (const write of readObservedWrites(paths, { filter, limit })) writes.push(write);
  const { identity } = loaded.configuration;
  const plan = planOperators(writes, {
    writers: new Set(identity.writers.map(({ username }) => username)),
    operators: new Set(listOperators(identity).map(({ username }) => username)),
  });
  context.print(formatOperatorPlan(plan).trimEnd());
  return 'ok';
}
