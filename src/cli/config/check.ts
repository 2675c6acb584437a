/** `holdfast config check`. */
import { existsSync } from 'node:fs';
import { diffRestartSettings } from '../../config/diff-restart-settings.ts';
import type { LoadedConfiguration, ConfigurationLoad } from '../../config/load.ts';
import { createLocator } from '../../config/locate-settings.ts';
import {
  formatConfigurationPath,
  formatConfigurationProblem,
  type ConfigurationProblem,
} from '../../config/problem.ts';
import { findSettingProblems } from '../../policy/find-setting-problems.ts';
import { keptBundlePath } from '../../policy/bundle/kept-bundle.ts';
import { HoldfastError } from '../../errors.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import {
  configOption,
  loadFoundConfiguration,
  reportWarnings,
  requireConfiguration,
} from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';

/** Prints every problem with its place; ends with `configuration` if there is one. */
export const configCheckCommand: CommandDefinition = {
  name: 'config check',
  summary: 'Say what is wrong with a configuration, and where',
  arguments: [{ name: 'FILE', summary: configOption.summary }],
  options: [
    {
      name: 'against',
      value: 'FILE',
      summary: 'the configuration that runs now: name the changed settings that need a restart',
    },
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [
    {
      line: 'config check deploy/holdfast.yaml',
      note: 'every problem, as a compiler would print it',
    },
    {
      line: 'config check new.yaml --against deploy/holdfast.yaml',
      note: 'also which of the changes need a restart',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const loaded = await checkKeyFiles(await loadFoundConfiguration(context, input.arguments[0]));
  const against = input.text('against');
  const running = against === undefined ? undefined : await requireConfiguration(context, against);
  if (against !== undefined && running === undefined) return 'configuration';
  if (input.text('output') !== 'table') {
    printAnswer(context, input, { table: () => '', json: () => formatCheckJson(loaded, running) });
    return loaded.ok ? 'ok' : 'configuration';
  }
  if (!loaded.ok) {
    for (const problem of loaded.problems) context.report(formatConfigurationProblem(problem));
    const count = loaded.problems.length;
    context.report(`${count} ${count === 1 ? 'problem' : 'problems'}`);
    return 'configuration';
  }
  reportWarnings(context, loaded);
  const subject = loaded.file ?? 'No file: the defaults';
  context.print(`${subject}: ok (sha256 ${loaded.hash.slice(0, 12)})`);
  if (running !== undefined) context.print(formatRestart(restartSettingsOf(loaded, running)));
  return 'ok';
}

function formatCheckJson(
  loaded: ConfigurationLoad,
  running: LoadedConfiguration | undefined,
): string {
  if (!loaded.ok) return JSON.stringify({ ok: false, problems: loaded.problems, warnings: [] });
  // The file is absent where there is none: the defaults are in force.
  const { file, hash, warnings } = loaded;
  return JSON.stringify({
    ok: true,
    file,
    hash,
    problems: [],
    warnings,
    ...(running !== undefined && { restartSettings: restartSettingsOf(loaded, running) }),
  });
}

function restartSettingsOf(
  loaded: LoadedConfiguration,
  running: LoadedConfiguration,
): readonly string[] {
  return diffRestartSettings(running.configuration, loaded.configuration);
}

function formatRestart(settings: readonly string[]): string {
  return settings.length === 0
    ? 'Every change takes effect without a restart'
    : `Take effect only after a restart: ${settings.join(', ')}`;
}

/** What a serving process would find when it reads the files: that it cannot, or that nobody can sign as a rule wants. */
async function checkKeyFiles(loaded: ConfigurationLoad): Promise<ConfigurationLoad> {
  const trusted = await checkImageTrust(await checkCommitTrust(loaded));
  return await checkPolicySettings(await checkBundleSignature(trusted));
}

/** A bundle that is on this machine must be signed by one of the keys; else the keys alone are read. */
async function checkBundleSignature(loaded: ConfigurationLoad): Promise<ConfigurationLoad> {
  if (!loaded.ok || loaded.configuration.policies.keys.length === 0) return loaded;
  const { bundle, keys } = loaded.configuration.policies;
  const { loadConfiguredBundle } = await import('../../compose/load-configured-bundle.ts');
  const { readBundleKeys } = await import('../../policy/bundle/read-bundle-keys.ts');
  try {
    if (bundle === undefined || !existsSync(bundle)) await readBundleKeys(keys);
    else await loadConfiguredBundle(loaded.configuration, { defaultBundle: () => bundle });
    return loaded;
  } catch (fault) {
    if (!(fault instanceof HoldfastError)) throw fault;
    const isKey = fault.code === 'policy_bundle_key_unusable';
    return refuse([problemOf(loaded, isKey ? 'policies.keys' : 'policies.bundle', fault.message)]);
  }
}

async function checkImageTrust(loaded: ConfigurationLoad): Promise<ConfigurationLoad> {
  if (!loaded.ok) return loaded;
  const { judgesImages } = await import('../../compose/bind-images.ts');
  if (!judgesImages(loaded.configuration.images)) return loaded;
  const { loadImageTrust } = await import('../../compose/image-trust.ts');
  const { checkTufRoot } = await import('../../compose/tuf-roots.ts');
  try {
    await loadImageTrust(loaded.configuration.images, checkTufRoot);
    return loaded;
  } catch (fault) {
    if (!(fault instanceof HoldfastError)) throw fault;
    return refuse([problemOf(loaded, 'images', fault.message)]);
  }
}

async function checkCommitTrust(loaded: ConfigurationLoad): Promise<ConfigurationLoad> {
  if (!loaded.ok || loaded.configuration.commits.rules.length === 0) return loaded;
  const { loadCommitTrust } = await import('../../compose/commit-trust.ts');
  try {
    const { unknownSigners } = await loadCommitTrust(loaded.configuration.commits);
    const problems = unknownSigners.map(({ path, message }) =>
      problemOf(loaded, formatConfigurationPath(['commits', ...path]), message),
    );
    return problems.length === 0 ? loaded : refuse(problems);
  } catch (fault) {
    if (!(fault instanceof HoldfastError)) throw fault;
    return refuse([problemOf(loaded, 'commits', fault.message)]);
  }
}

/** What the bundle decides: which policies there are, and which parameters they have. */
async function checkPolicySettings(loaded: ConfigurationLoad): Promise<ConfigurationLoad> {
  if (!loaded.ok) return loaded;
  const { configuration, file } = loaded;
  const { policies } = configuration;
  const downloaded = policies.server ?? policies.registry;
  const bundle = downloaded ? keptBundlePath(downloaded.folder) : policies.bundle;
  const isAway = bundle !== undefined && !existsSync(bundle);
  const locate = await createLocator(file);
  // It has other policies than Holdfast.
  if (downloaded && isAway) {
    const elsewhere = {
      ...locate(['policies', policies.server ? 'server' : 'registry']),
      code: 'bundle_elsewhere',
      message: 'What policies there are is not known here yet: settings are compared with nothing',
      remedy: 'A serving process compares them with each bundle before it takes it',
    };
    return { ...loaded, warnings: [...loaded.warnings, elsewhere] };
  }
  const { readKnownPolicies } = await import('../../authoring/read-known-policies.ts');
  const { listSharedParameters } = await import('../../compose/bind-parameters.ts');
  try {
    const descriptors = await readKnownPolicies(bundle);
    const sharedNames = listSharedParameters(configuration);
    const problems =
      descriptors === undefined ? [] : findSettingProblems(policies, { descriptors, sharedNames });
    const away = {
      ...locate(['policies', 'bundle']),
      code: 'bundle_elsewhere',
      message: `There is no such folder on this machine: settings are compared with ${descriptors === undefined ? 'nothing' : 'the policies that come with Holdfast'}`,
      remedy: 'Check it again where the folder is, as in the image',
    };
    if (problems.length > 0) {
      return refuse(
        problems.map(({ path, message, remedy }) => ({
          ...locate(['policies', ...path]),
          message,
          remedy,
        })),
      );
    }
    return isAway ? { ...loaded, warnings: [...loaded.warnings, away] } : loaded;
  } catch (fault) {
    if (!(fault instanceof HoldfastError)) throw fault;
    return refuse([problemOf(loaded, 'policies.bundle', fault.message)]);
  }
}

function refuse(problems: readonly ConfigurationProblem[]): ConfigurationLoad {
  return { ok: false, code: 'configuration_invalid', problems };
}

function problemOf(
  { file }: LoadedConfiguration,
  path: string,
  message: string,
): ConfigurationProblem {
  return { file: file ?? 'the defaults', line: 1, column: 1, path, message };
}
