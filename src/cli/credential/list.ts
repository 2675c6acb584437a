/** `holdfast credential list`: which credentials are known to belong to whom, and which were shown besides. */
import {
  shortFingerprint,
  type CredentialEntry,
  type CredentialTable,
} from '../../identity/credentials/credential-table.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { credentialClusterOptions, withCredentials } from './open-credentials.ts';

/** A line for each credential; never its id, which an impersonator could use. */
export const credentialListCommand: CommandDefinition = {
  name: 'credential list',
  summary: 'List the credentials of controllers, nodes and operators',
  options: [
    configOption,
    ...credentialClusterOptions,
    { name: 'unknown', summary: 'only those that are not known' },
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [{ line: 'credential list --unknown', note: 'what waits to be accepted' }],
  run,
};

interface CredentialRow extends CredentialEntry {
  readonly username: string;
}

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  return await withCredentials(context, input, async (options) => {
    const { readCredentials } = await import('../../identity/credentials/edit-credentials.ts');
    const table = await readCredentials(options);
    const rows = rowsOf(table).filter(
      (row) => !input.flag('unknown') || row.learnedBy === undefined,
    );
    printAnswer(context, input, {
      table: () => format(rows),
      json: () => JSON.stringify(rows.map(describe)),
    });
    return 'ok';
  });
}

function rowsOf(table: CredentialTable | undefined): readonly CredentialRow[] {
  return [...(table?.identities ?? [])]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .flatMap(([username, entries]) => entries.map((entry) => ({ ...entry, username })));
}

function describe({ username, fingerprint, kind, learnedBy, ...seen }: CredentialRow) {
  return {
    username,
    fingerprint: shortFingerprint(fingerprint),
    kind,
    standing: learnedBy === undefined ? 'unknown' : 'known',
    ...(learnedBy && { learnedBy }),
    firstSeen: time(seen.firstSeenMs),
    lastSeen: time(seen.lastSeenMs),
  };
}

function format(rows: readonly CredentialRow[]): string {
  if (rows.length === 0) return 'No credentials';
  return rows
    .map((row) => {
      const { username, fingerprint, kind, firstSeen, lastSeen } = describe(row);
      const standing = row.learnedBy === undefined ? 'unknown' : `known (${row.learnedBy})`;
      return `${username}  ${kind}  ${fingerprint}  ${standing}  seen ${firstSeen} to ${lastSeen}`;
    })
    .join('\n');
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
