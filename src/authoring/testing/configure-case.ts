/** The configuration that a case of a file of recorded reviews is judged with. */
import { parseConfiguration } from '../../config/parse-configuration.ts';
import type { Configuration } from '../../config/schema.ts';
import type { ReviewCase, ReviewFile } from './review-case-schema.ts';

export interface JudgingBundle {
  /** All policies of the bundle. */
  readonly policies: readonly string[];
  readonly bundleFolder: string;
}

export interface ConfiguredCaseOptions extends JudgingBundle {
  /** For messages, relative to the folder. */
  readonly file: string;
  /** What relative paths in the configuration are relative to. */
  readonly folder: string;
  /** The policy that the case is about; absent where it is about none in particular. */
  readonly policy?: string | undefined;
}

export type ConfiguredCase =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly reason: string };

/** The configuration of the file, with the mode and the parameters of the case. */
export function configureCase(
  { configuration, policies: judging }: Pick<ReviewFile, 'configuration' | 'policies'>,
  { mode, parameters = {} }: Pick<ReviewCase, 'mode' | 'parameters'>,
  { folder, file, policy, policies, bundleFolder }: ConfiguredCaseOptions,
): ConfiguredCase {
  const others = policies.filter((name) => name !== policy && judging === 'own');
  const settings: Readonly<Record<string, object>> =
    policy === undefined
      ? {}
      : {
          ...Object.fromEntries(others.map((name) => [name, { mode: 'off' }])),
          [policy]: { mode, parameters },
        };
  const written = {
    cluster: { name: 'test' },
    ...configuration,
    policies: { ...recordOf(configuration['policies']), bundle: bundleFolder, settings },
  };
  const parsed = parseConfiguration(JSON.stringify(written), { file, folder });
  if (parsed.ok) return parsed;
  const [problem] = parsed.problems;
  return { ok: false, reason: `configuration: ${problem?.path ?? ''}: ${problem?.message ?? ''}` };
}

function recordOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
