/** `holdfast audit export`: records for other programs, and packages for auditors. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EntryFilter } from '../../audit/query/match-entry.ts';
import { HoldfastError } from '../../errors.ts';
import { filterOptions, readFilter } from './filter-options.ts';
import { formatVerification } from './format-verification.ts';
import { findJournalFolders, foldersArgument, type JournalFolder } from './journal-folders.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { showProgress } from '../show-progress.ts';

/** Ends with `failed` if a package contains a journal that does not verify. */
export const auditExportCommand: CommandDefinition = {
  name: 'audit export',
  summary: 'Write records for other programs, or a signed package for an auditor',
  description:
    'A package holds whole segments with their signed heads, policies, configuration, and how to check all of it;\n' +
    'of the conditions only --since and --until apply to it. holdfast audit verify reads it.',
  arguments: [foldersArgument],
  options: [
    {
      name: 'format',
      value: 'FORMAT',
      summary: 'what is written',
      choices: ['jsonl', 'csv', 'package'],
      default: 'jsonl',
    },
    {
      name: 'out',
      value: 'PATH',
      summary: 'a new file, for a package a new folder (default: standard output)',
    },
    ...filterOptions,
    {
      name: 'sign-key',
      value: 'FILE',
      summary: 'the private key that signs a package (default: the one of the journal’s heads)',
    },
    {
      name: 'bundle',
      value: 'FOLDER',
      summary:
        'a policy bundle to put into a package (default: policies.bundle of the configuration)',
      repeatable: true,
    },
    configOption,
  ],
  examples: [
    { line: 'audit export --format csv --since 7d --decision denied', note: 'for a spreadsheet' },
    {
      line: 'audit export --format package --out evidence --since 2026-10-01 --until 2026-11-01',
      note: 'a month for an auditor',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const filter = readFilter(context, input, Date.now());
  if (filter === undefined) return 'usage';
  const folders = await findJournalFolders(context, input);
  if (folders === undefined) return 'configuration';
  const out = input.text('out');
  const target = out === undefined ? undefined : resolve(context.workingDirectory, out);
  if (target !== undefined && existsSync(target)) {
    throw new HoldfastError('argument_invalid', `"${out ?? ''}" is there already: name a new one`);
  }
  if (input.text('format') === 'package') {
    return await writeEvidence(context, input, { folders, filter, target });
  }
  const { writeRecords } = await import('../../audit/export/write-records.ts');
  const count = await showProgress(context, { doing: 'writing records' }, () =>
    writeRecords({
      folders: folders.map(({ path }) => path),
      filter,
      format: input.text('format') === 'csv' ? 'csv' : 'jsonl',
      target: target ?? context.print,
    }),
  );
  if (out !== undefined) context.report(`Wrote ${count} records to ${out}`);
  return 'ok';
}

interface Task {
  readonly folders: readonly JournalFolder[];
  readonly filter: EntryFilter;
  readonly target: string | undefined;
}

async function writeEvidence(
  context: CommandContext,
  input: CommandInput,
  { folders, filter, target }: Task,
): Promise<ExitStatus> {
  if (target === undefined) {
    throw new HoldfastError('argument_invalid', 'A package is a folder, and none is named', {
      remedy: 'Name a new folder with --out',
    });
  }
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const { exportPackage } = await import('../../compose/export-package.ts');
  const at = (path: string): string => resolve(context.workingDirectory, path);
  const signKey = input.text('sign-key');
  const written = await showProgress(context, { doing: 'writing the package' }, () =>
    exportPackage({
      loaded,
      folders,
      filter,
      target,
      signKeyFile: signKey === undefined ? undefined : at(signKey),
      bundleFolders: input.texts('bundle').map(at),
      nowMs: Date.now(),
    }),
  );
  context.print(`Wrote ${written.entries} records of ${written.journals} journals to ${target}`);
  context.print(`Signed with key ${written.keyId}`);
  const faulty = written.verifications.filter(({ ok }) => !ok);
  for (const verification of faulty) context.report(formatVerification(verification));
  return faulty.length === 0 ? 'ok' : 'failed';
}
