/** A problem of a configuration, with its position, in the format of compiler messages. */
import type { TextPosition, ValuePath } from '../base/parse-yaml.ts';

export interface ConfigurationProblem extends TextPosition {
  readonly file: string;
  /** `identity.writers[0].proof`; empty for the whole file. */
  readonly path: string;
  /** Of a warning. */
  readonly code?: string | undefined;
  readonly message: string;
  readonly remedy?: string | undefined;
}

/** The path as users write it. Keys that are not plain words are quoted. */
export function formatConfigurationPath(path: ValuePath): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (!/^[A-Za-z_][\w-]*$/u.test(segment)) text += `[${JSON.stringify(segment)}]`;
    else text += text === '' ? segment : `.${segment}`;
  }
  return text;
}

/** `file:line:column: path: message`, and the remedy indented below. */
export function formatConfigurationProblem(problem: ConfigurationProblem): string {
  const { file, line, column, path, code, remedy } = problem;
  const message = code === undefined ? problem.message : `${problem.message} (${code})`;
  const subject = path === '' ? message : `${path}: ${message}`;
  const first = `${file}:${line}:${column}: ${subject}`;
  return remedy === undefined ? first : `${first}\n  ${remedy}`;
}
