/** Every command of `holdfast`, in the order of the help. Definitions only: each loads its heavy parts when it runs. */
import { certsCommand } from './certs.ts';
import type { CommandDefinition } from './command.ts';
import { configCheckCommand, configPrintCommand } from './config.ts';
import { manifestsCommand } from './manifests.ts';
import { serveCommand } from './serve.ts';
import { versionCommand } from './version.ts';

/** The summaries of the first words that several commands share. */
export const COMMAND_GROUPS: Readonly<Record<string, string>> = {
  config: 'Check and print the configuration',
};

/** The list that `main.ts` hands to the program. */
export const COMMANDS: readonly CommandDefinition[] = [
  serveCommand,
  manifestsCommand,
  certsCommand,
  configCheckCommand,
  configPrintCommand,
  versionCommand,
];
