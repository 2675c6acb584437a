/** A configuration that its schema allows, and that does not fit the policies that it is for. */
import type { ValuePath } from '../base/parse-yaml.ts';
import { HoldfastError } from '../errors.ts';
import { formatConfigurationPath } from './problem.ts';

export interface RefusedSetting {
  readonly path: ValuePath;
  readonly message: string;
  readonly remedy: string;
}

/** Names every setting by its path; `problems` lets whoever has the file find the lines. */
export class RefusedConfiguration extends HoldfastError {
  readonly problems: readonly RefusedSetting[];

  constructor(problems: readonly RefusedSetting[]) {
    super(
      'configuration_invalid',
      problems
        .map(
          ({ path, message, remedy }) => `${formatConfigurationPath(path)}: ${message}. ${remedy}`,
        )
        .join('; '),
      { remedy: 'Correct the named keys; holdfast config check says the lines' },
    );
    this.problems = problems;
  }
}
