/** A setting that is valid and probably not what was meant. */
import type { ValuePath } from '../base/parse-yaml.ts';

/** Of one place. */
export interface ConfigurationWarning {
  /** People search for it, so it is stable; the sentences are not. */
  readonly code: string;
  readonly path: ValuePath;
  readonly message: string;
  readonly remedy: string;
}
