/** The version of the form of the configuration file. */
import { isRecord } from '../base/is-record.ts';
import type { YamlDocument } from '../base/parse-yaml.ts';
import type { ConfigurationProblem } from './problem.ts';

/** Raised when a key changes its meaning or goes, never for a key that is added: an unknown key is an error by itself. */
export const CONFIGURATION_VERSION = 1;

/** The problem of a file that is for a newer version; `undefined` for every other, also where the version is malformed. */
export function findNewerVersion(
  document: YamlDocument,
  file: string,
): ConfigurationProblem | undefined {
  const version = isRecord(document.value) ? document.value['version'] : undefined;
  if (!Number.isSafeInteger(version) || Number(version) <= CONFIGURATION_VERSION) return undefined;
  return {
    file,
    ...document.locate(['version'], 'value'),
    path: 'version',
    code: 'configuration_version_newer',
    message: `The file is for version ${Number(version)} of the configuration, and this Holdfast knows ${CONFIGURATION_VERSION}`,
    remedy: 'Run the version of Holdfast that it was written for, or write it for this one',
  };
}
