/** What the main thread and the drift thread tell each other. */
import type { Configuration } from '../config/schema.ts';
import type { DriftFinding } from '../drift/drift-finding.ts';
import type { HealingReport } from '../drift/healing/format-healing-record.ts';

/** What of the configuration the thread reads, as plain data that a message can carry. */
export type DriftConfiguration = Pick<
  Configuration,
  | 'audit'
  | 'breakGlass'
  | 'cluster'
  | 'drift'
  | 'freeze'
  | 'identity'
  | 'kubernetes'
  | 'limits'
  | 'ownership'
  | 'registration'
>;

export interface DriftStart {
  readonly configuration: DriftConfiguration;
  /** The folder of the journal, which its owner has opened. */
  readonly folder: string;
  /** The memory of a `SharedSequence`: the newest durable entry. */
  readonly newest: SharedArrayBuffer;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly replica: string;
}

/** What is to be recorded: a finding, or what was done about one. */
export type DriftNote = { readonly finding: DriftFinding } | { readonly healing: HealingReport };

/** A note to be recorded; the order that answers it has the same number. */
export interface FoundDrift {
  readonly number: number;
  readonly note: DriftNote;
}

/** The record is durable; without a decision id it could not be kept. */
export interface RecordedFinding {
  readonly number: number;
  readonly decisionId?: string | undefined;
}
