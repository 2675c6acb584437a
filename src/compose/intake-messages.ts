/** What the main thread and the intake thread tell each other. */
import type { Configuration } from '../config/schema.ts';
import type { ObservedFinding } from '../drift/intake/observed-finding.ts';

/** What of the configuration the thread reads, as plain data that a message can carry. */
export type IntakeConfiguration = Pick<
  Configuration,
  | 'audit'
  | 'breakGlass'
  | 'identity'
  | 'intake'
  | 'kubernetes'
  | 'limits'
  | 'ownership'
  | 'registration'
  | 'server'
>;

export interface IntakeStart {
  readonly configuration: IntakeConfiguration;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A finding to be recorded; the order that answers it has the same number. */
export interface FoundByOthers {
  readonly number: number;
  readonly finding: ObservedFinding;
}
