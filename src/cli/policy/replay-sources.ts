/** The journals and files that a command judges again. */
import { resolve } from 'node:path';
import type { ReplaySource } from '../../compose/replay/read-replay-items.ts';
import { findJournalFolders } from '../audit/journal-folders.ts';
import type { CommandContext, CommandInput } from '../command.ts';

/** Those that are named, else the journal of the configuration; `undefined` if that is invalid, which was reported. */
export async function findReplaySources(
  context: CommandContext,
  input: CommandInput,
): Promise<readonly ReplaySource[] | undefined> {
  if (input.arguments.length === 0) return findJournalFolders(context, input);
  return input.arguments.map((shown) => ({
    shown,
    path: resolve(context.workingDirectory, shown),
  }));
}
