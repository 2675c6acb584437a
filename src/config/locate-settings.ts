/** Where settings stand in a configuration file, for problems that are found after it was read. */
import { parseYaml, type ValuePath } from '../base/parse-yaml.ts';
import { readBounded } from '../base/read-bounded.ts';
import { LIMITS } from './limits.ts';
import { formatConfigurationPath, type ConfigurationProblem } from './problem.ts';

type Located = Pick<ConfigurationProblem, 'file' | 'line' | 'column' | 'path'>;

/** Reads the file again; without it, or where it has changed to no YAML, everything is on its first line. */
export async function createLocator(
  file: string | undefined,
): Promise<(path: ValuePath) => Located> {
  const read =
    file === undefined
      ? undefined
      : await readBounded(file, LIMITS['configuration.fileBytesMax'].default);
  const aliasesMax = LIMITS['configuration.aliasesMax'].default;
  const yaml =
    read?.ok === true
      ? parseYaml(Buffer.from(read.bytes).toString('utf8'), { dialect: 'strict', aliasesMax })
      : undefined;
  const document = yaml?.ok === true ? yaml.documents[0] : undefined;
  return (path) => ({
    file: file ?? 'the defaults',
    ...(document?.locate(path, 'key') ?? { line: 1, column: 1 }),
    path: formatConfigurationPath(path),
  });
}
