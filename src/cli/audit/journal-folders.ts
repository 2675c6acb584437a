/** The journals that a command reads: the named folders, else the one of the configuration. */
import { resolve } from 'node:path';
import { holdsJournal } from '../../audit/journal/segment-files.ts';
import { HoldfastError } from '../../errors.ts';
import type { ArgumentDefinition, CommandContext, CommandInput } from '../command.ts';
import { requireConfiguration } from '../find-configuration.ts';

/** For every command that reads journals. */
export const foldersArgument: ArgumentDefinition = {
  name: 'FOLDER',
  summary: 'a journal, one for each replica (default: audit.journal.folder of the configuration)',
  variadic: true,
};

export interface JournalFolder {
  /** As it was written, for messages. */
  readonly shown: string;
  readonly path: string;
}

/** The folders, all of which hold a journal, or what the command reads besides; `undefined` if the configuration is invalid, which was reported. */
export async function findJournalFolders(
  context: CommandContext,
  input: CommandInput,
  isAlsoRead: (folder: string) => boolean = () => false,
): Promise<readonly JournalFolder[] | undefined> {
  const named = input.arguments;
  const folders = named.length > 0 ? named : await configuredFolder(context, input);
  return folders?.map((shown) => {
    const path = resolve(context.workingDirectory, shown);
    const missing = findMissing(path, isAlsoRead);
    if (missing === undefined) return { shown, path };
    throw new HoldfastError('journal_folder_missing', `There is no ${missing} "${shown}"`);
  });
}

/**
 * What is missing of a journal at the path. A folder of something else is no journal without entries: a search in it, or a
 * proof of it, would find nothing wrong.
 */
function findMissing(path: string, isAlsoRead: (folder: string) => boolean): string | undefined {
  try {
    return holdsJournal(path) || isAlsoRead(path) ? undefined : 'journal in the folder';
  } catch {
    return 'folder';
  }
}

async function configuredFolder(
  context: CommandContext,
  input: CommandInput,
): Promise<readonly string[] | undefined> {
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return undefined;
  const folder = loaded.configuration.audit.journal?.folder;
  if (folder !== undefined) return [folder];
  throw new HoldfastError('journal_folder_missing', 'The configuration has no audit.journal');
}

/** A number of an option, within its bounds; `undefined` if it is invalid, which was reported. */
export function readWholeNumber(
  context: CommandContext,
  input: CommandInput,
  { name, min, max }: { readonly name: string; readonly min: number; readonly max: number },
): number | undefined {
  const text = input.text(name) ?? '';
  if (/^\d{1,9}$/u.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
  context.report(`holdfast: --${name} wants a number from ${min} to ${max}, found "${text}"`);
  return undefined;
}
