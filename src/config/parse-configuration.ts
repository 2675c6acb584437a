/** Parses a configuration file: returns the configuration, or all problems with their places. */
import type { z } from 'zod';
import { findNewerVersion } from './configuration-version.ts';
import { describeIssue, describeUnknownKey, suggestRemedy, toValuePath } from './describe-issue.ts';
import { findKnownKeys } from './find-known-keys.ts';
import { findWarnings } from './find-warnings.ts';
import { LIMITS } from './limits.ts';
import { isRecord } from '../base/is-record.ts';
import { parseYaml, type YamlDocument } from '../base/parse-yaml.ts';
import { formatConfigurationPath, type ConfigurationProblem } from './problem.ts';
import { describeRemovedKey } from './removed-keys.ts';
import { resolvePaths } from './resolve-paths.ts';
import { configurationSchema, type Configuration } from './schema.ts';

export interface ConfigurationSource {
  /** The name shown in messages. */
  readonly file: string;
  /** Absolute: the base of relative paths. */
  readonly folder: string;
}

export type ParsedConfiguration =
  | {
      readonly ok: true;
      readonly configuration: Configuration;
      readonly warnings: readonly ConfigurationProblem[];
    }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** Reads one configuration. Reports all problems together, so that they can be fixed together. */
export function parseConfiguration(text: string, source: ConfigurationSource): ParsedConfiguration {
  const aliasesMax = LIMITS['configuration.aliasesMax'].default;
  const yaml = parseYaml(text, { dialect: 'strict', aliasesMax });
  if (!yaml.ok) {
    return failed(yaml.faults.map((fault) => ({ file: source.file, path: '', ...fault })));
  }
  const [document, second] = yaml.documents;
  // A saving editor or a full disk leaves an empty file, which must not mean "all defaults".
  if (document === undefined || document.value === null) {
    return failed([
      {
        ...wholeFile(source, 'The file is empty'),
        remedy: 'Write {} where every default is wanted',
      },
    ]);
  }
  if (second !== undefined) {
    return failed([
      {
        ...wholeFile(source, 'Expected one YAML document, found several'),
        ...second.locate([], 'value'),
        remedy: 'Remove the line "---" and what follows it',
      },
    ]);
  }
  return validate(document, source);
}

/** The defaults of an empty configuration. */
export function defaultConfiguration(folder: string): Configuration {
  return resolvePaths(configurationSchema.parse({}), folder);
}

function validate(document: YamlDocument, source: ConfigurationSource): ParsedConfiguration {
  const newer = findNewerVersion(document, source.file);
  // Alone: every other problem would only repeat that this version does not know the file.
  if (newer !== undefined) return failed([newer]);
  const parsed = configurationSchema.safeParse(document.value, {
    error: describeIssue,
    reportInput: true,
  });
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, document, source));
    return failed(problems);
  }
  const configuration = resolvePaths(parsed.data, source.folder);
  const warnings = findWarnings(configuration, (path) => isSet(document.value, path)).map(
    ({ code, path, message, remedy }) => {
      const { line, column } = document.locate(path, 'value');
      return {
        file: source.file,
        line,
        column,
        path: formatConfigurationPath(path),
        code,
        message,
        remedy,
      };
    },
  );
  return { ok: true, configuration, warnings };
}

function isSet(value: unknown, [key, ...below]: readonly string[]): boolean {
  if (key === undefined) return true;
  return isRecord(value) && Object.hasOwn(value, key) && isSet(value[key], below);
}

function problemsOf(
  issue: z.core.$ZodIssue,
  document: YamlDocument,
  { file, folder }: ConfigurationSource,
): readonly ConfigurationProblem[] {
  const path = toValuePath(issue.path);
  if (issue.code !== 'unrecognized_keys') {
    const place = document.locate(path, issue.code === 'invalid_key' ? 'key' : 'value');
    const remedy = suggestRemedy(issue);
    return [
      { file, ...place, path: formatConfigurationPath(path), message: issue.message, remedy },
    ];
  }
  const known = findKnownKeys(configurationSchema, path);
  const { keys, input = {} } = issue;
  return keys.map((key) => {
    const shown = formatConfigurationPath([...path, key]);
    return {
      file,
      ...document.locate([...path, key], 'key'),
      path: shown,
      ...(describeRemovedKey(shown, input[key], folder) ?? describeUnknownKey(key, known)),
    };
  });
}

function wholeFile({ file }: ConfigurationSource, message: string): ConfigurationProblem {
  return { file, line: 1, column: 1, path: '', message };
}

function failed(problems: readonly ConfigurationProblem[]): ParsedConfiguration {
  const max = LIMITS['configuration.problemsMax'].default;
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const [next] = sorted.slice(max);
  if (next === undefined) return { ok: false, problems: sorted };
  const { file, line, column } = next;
  const message = `${sorted.length - max} more problems are not shown`;
  return {
    ok: false,
    problems: [...sorted.slice(0, max), { file, line, column, path: '', message }],
  };
}
