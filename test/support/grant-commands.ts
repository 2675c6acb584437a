/** The grant commands as an approver runs them, in a folder of their own. */
import type { TestContext } from 'node:test';
import { COMMANDS, COMMAND_GROUPS } from '../../src/cli/commands.ts';
import type { ExitStatus } from '../../src/cli/exit-codes.ts';
import { runProgram } from '../../src/cli/program.ts';
import { recordContext } from './command-context.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

export interface GrantCommandResult {
  readonly status: ExitStatus;
  readonly printed: string;
  readonly reported: string;
}

export interface GrantDesk {
  readonly folder: string;
  /** Runs `holdfast grant …`. */
  readonly run: (argv: readonly string[], stdin?: string) => Promise<GrantCommandResult>;
}

/** A folder with the given files, and the commands working in it. */
export async function openGrantDesk(
  t: TestContext,
  files: Readonly<Record<string, string>> = {},
): Promise<GrantDesk> {
  const folder = await makeTemporaryFolder(t, files);
  return {
    folder,
    run: async (argv, stdin) => {
      const recorded = recordContext({ workingDirectory: folder, ...(stdin && { stdin }) });
      const status = await runProgram(['grant', ...argv], {
        commands: COMMANDS,
        groups: COMMAND_GROUPS,
        version: '0',
        context: recorded.context,
      });
      return { status, printed: recorded.printed(), reported: recorded.reported() };
    },
  };
}

/** The words of `grant create` for alice's Deployment, signed with the key of that file. */
export function createWords(keyFile: string): readonly string[] {
  return [
    'create',
    '--key',
    keyFile,
    '--subject',
    'alice',
    '--cluster',
    'prod-eu-1',
    '--namespace',
    'shop',
    '--resource',
    'deployments.apps',
    '--object',
    'checkout',
    '--reason',
    'the checkout is down',
    '--ticket',
    'INC-1',
  ];
}
