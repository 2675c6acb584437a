/** `holdfast verify keyring`: whose signatures the key files accept now, and which keys are worth nothing. */
import { resolve } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import type { ListedFiles } from '../../compose/list-trust.ts';
import { HoldfastError } from '../../errors.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { formatTrustListing, formatTrustListingJson } from './format-trust-listing.ts';
import { trustOptions } from './trust-options.ts';

/** Files that hold keys, by the option that names them. */
const FILE_OPTIONS = {
  keyrings: 'keyring',
  argocdKeys: 'argocd-keys',
  forgeKeyrings: 'forge-keyring',
  allowedSigners: 'allowed-signers',
  revokedKeys: 'revoked-keys',
  caBundles: 'ca-bundle',
} as const satisfies Readonly<Record<keyof ListedFiles, string>>;

const OPTION_NAMES: ReadonlySet<string> = new Set(Object.values(FILE_OPTIONS));

/** Ends with `failed` if there is no key, or one with which nobody can sign now. */
export const verifyKeyringCommand: CommandDefinition = {
  name: 'verify keyring',
  summary: 'List the keys of whom you trust, and say which of them can sign',
  description:
    'Reads the key files that you give, else those of the configuration (commits.keyrings, forgeKeyrings, allowedSignersFile,\n' +
    'revokedKeysFile, caBundleFile), and judges each key as if it signed a commit now. Ends with 0 if every key can sign, with 1\n' +
    'if one is expired, revoked, weak or not for signing: remove it, or have it renewed.',
  options: [
    ...trustOptions
      .filter(({ name }) => OPTION_NAMES.has(name))
      .map((option) => ({ ...option, repeatable: true })),
    configOption,
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [
    { line: 'verify keyring', note: 'the key files of the configuration' },
    {
      line: 'verify keyring --allowed-signers allowed_signers --revoked-keys revoked_keys -o json',
      note: 'for a pipeline that keeps these files',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const given = readOptions(context, input);
  const files = countOf(given) > 0 ? given : await readConfigured(context, input);
  if (files === undefined) return 'configuration';
  if (countOf(files) === 0) {
    const names = [...OPTION_NAMES].map((name) => `--${name}`).join(', ');
    throw new HoldfastError(
      'argument_invalid',
      `The configuration names no key file: give one with ${names}`,
    );
  }
  const { listTrust } = await import('../../compose/list-trust.ts');
  const listing = await listTrust(files, systemClock.wallMs());
  printAnswer(context, input, {
    table: () => formatTrustListing(listing),
    json: () => formatTrustListingJson(listing),
  });
  return listing.status === 'usable' ? 'ok' : 'failed';
}

function readOptions(context: CommandContext, input: CommandInput): ListedFiles {
  const pathsOf = (name: string): readonly string[] =>
    input.texts(name).map((file) => resolve(context.workingDirectory, file));
  return {
    keyrings: pathsOf(FILE_OPTIONS.keyrings),
    argocdKeys: pathsOf(FILE_OPTIONS.argocdKeys),
    forgeKeyrings: pathsOf(FILE_OPTIONS.forgeKeyrings),
    allowedSigners: pathsOf(FILE_OPTIONS.allowedSigners),
    revokedKeys: pathsOf(FILE_OPTIONS.revokedKeys),
    caBundles: pathsOf(FILE_OPTIONS.caBundles),
  };
}

/** `undefined` if the configuration is invalid, which was reported. */
async function readConfigured(
  context: CommandContext,
  input: CommandInput,
): Promise<ListedFiles | undefined> {
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return undefined;
  const { commits } = loaded.configuration;
  const listOf = (file: string | undefined): readonly string[] =>
    file === undefined ? [] : [file];
  return {
    keyrings: commits.keyrings.map(({ file }) => file),
    argocdKeys: [],
    forgeKeyrings: commits.forgeKeyrings.map(({ file }) => file),
    allowedSigners: listOf(commits.allowedSignersFile),
    revokedKeys: listOf(commits.revokedKeysFile),
    caBundles: listOf(commits.caBundleFile),
  };
}

function countOf(files: ListedFiles): number {
  return Object.values<readonly string[]>({ ...files }).flat().length;
}
