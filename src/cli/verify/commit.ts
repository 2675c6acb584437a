/** `holdfast verify commit`: whether a commit of a repository, here or on a server, is signed by somebody who is trusted. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import type { CommitReport, CommitVerdict, ObjectReading } from '../../compose/verify-commit.ts';
import { parseRepositoryUrl, type RepositoryUrl } from '../../source/parse-repository-url.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { formatCommitReport, formatCommitReportJson } from './format-commit-report.ts';
import { readTrust, trustOptions } from './trust-options.ts';

/** Ends with `failed` if the signature does not count, with `unavailable` if that could not be found out. */
export const verifyCommitCommand: CommandDefinition = {
  name: 'verify commit',
  summary: 'Say whether a commit is signed by somebody you trust',
  description:
    'Reads the commit with git from a repository on this machine or from a server, computes its id again, and verifies its\n' +
    'signature with the files you give: git and its configuration have no part in the verdict. Prints each step with its time.\n' +
    'A commit of a server must be contained in one of the refs that you name; its credential is that of mirrors.credentials.',
  arguments: [
    {
      name: 'REPOSITORY',
      summary: 'a work tree, a bare repository, or a URL (https, ssh)',
      required: true,
    },
    {
      name: 'REV',
      summary: 'the commit: any name that git takes; for a URL its id in full',
      required: true,
    },
  ],
  options: [
    ...trustOptions,
    { name: 'tag', summary: 'verify the annotated tag that REV names, not its commit' },
    {
      name: 'tracked',
      value: 'REF',
      summary: 'for a URL: the branch or tag that must contain the commit (default: HEAD)',
      repeatable: true,
    },
    configOption,
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [
    {
      line: 'verify commit . HEAD --allowed-signers allowed_signers',
      note: 'the commit that is checked out',
    },
    {
      line: 'verify commit --tag . v1.4.0 --allowed-signers allowed_signers -o json',
      note: 'a tag, for a script',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const [repository = '', revision = ''] = input.arguments;
  const folder = resolve(context.workingDirectory, repository);
  const parsed = parseRepositoryUrl(repository);
  // A folder may be called like a server: what is there is meant.
  const report =
    parsed.ok && !existsSync(folder)
      ? await verifyRemote(context, input, parsed.repository)
      : await verifyLocal(context, input, { repository: folder, revision });
  if (report === undefined) return 'configuration';
  printAnswer(context, input, {
    table: () => formatCommitReport(report),
    json: () => formatCommitReportJson(report),
  });
  return EXIT_STATUS[report.verification.status];
}

async function verifyLocal(
  context: CommandContext,
  input: CommandInput,
  place: { readonly repository: string; readonly revision: string },
): Promise<CommitReport> {
  const { readLocalCommit } = await import('../../compose/read-commit.ts');
  const kind = input.flag('tag') ? 'tag' : 'commit';
  const searchPath = context.environment['PATH'];
  return await verify(context, input, {
    ...place,
    read: () => readLocalCommit({ ...place, kind, searchPath }),
  });
}

/** `undefined` if the configuration is invalid, which was reported. */
async function verifyRemote(
  context: CommandContext,
  input: CommandInput,
  repository: RepositoryUrl,
): Promise<CommitReport | undefined> {
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return undefined;
  const { bindMirrors } = await import('../../compose/bind-mirrors.ts');
  const { readRemoteCommit } = await import('../../compose/read-commit.ts');
  const { createTelemetry } = await import('../../compose/telemetry.ts');
  const { environment } = context;
  const settings = loaded.configuration.mirrors;
  const { metrics } = createTelemetry(loaded.configuration);
  const mirrors = await bindMirrors({ settings, environment, metrics });
  const [, revision = ''] = input.arguments;
  const named = input.texts('tracked');
  const tracked = named.length === 0 ? ['HEAD'] : named;
  const kind = input.flag('tag') ? 'tag' : 'commit';
  const wanted = { repository, revision, kind, tracked, mirrors, settings, environment } as const;
  try {
    return await verify(context, input, {
      repository: repository.url,
      revision,
      read: () => readRemoteCommit(wanted),
    });
  } finally {
    mirrors.close();
  }
}

interface Source {
  readonly repository: string;
  readonly revision: string;
  readonly read: () => Promise<ObjectReading>;
}

async function verify(
  context: CommandContext,
  input: CommandInput,
  source: Source,
): Promise<CommitReport> {
  const { verifyCommit } = await import('../../compose/verify-commit.ts');
  return await verifyCommit({
    ...source,
    kind: input.flag('tag') ? 'tag' : 'commit',
    verifiers: await readTrust(context, input),
    clock: systemClock,
  });
}

const EXIT_STATUS: Readonly<Record<CommitVerdict['status'], ExitStatus>> = {
  verified: 'ok',
  rejected: 'failed',
  unavailable: 'unavailable',
};
