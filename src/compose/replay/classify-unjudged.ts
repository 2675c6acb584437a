/** Why a record cannot be judged again. */
import type { ReplayedRecord } from './parse-replay-line.ts';

/** Each with its sentence, for people. */
export const UNJUDGED_REASONS = {
  finding: 'nobody asked: it is something that Holdfast found by itself',
  counted: 'it stands for refusals that were counted instead of recorded one by one',
  granted: 'a break-glass grant let it pass, which is not judged again',
  cut: 'what the policies were given was larger than audit.journal.inputBytesMax or recordBytesMax',
  'no-input': 'it does not have what the policies were given: audit.journal.input was off',
  damaged: 'what it says that the policies were given is no request with its facts',
  facts: 'the candidate reads a fact that it does not have',
  unreadable: 'it is neither a record nor an AdmissionReview',
} as const;

export type UnjudgedReason = keyof typeof UNJUDGED_REASONS;

/** `undefined` where it holds what the policies were given. */
export function classifyUnjudged(record: ReplayedRecord): UnjudgedReason | undefined {
  if (record.finding === true) return 'finding';
  if (record.folded !== undefined) return 'counted';
  if (record.grant !== undefined) return 'granted';
  if (record.input !== undefined) return undefined;
  return record.cut.includes('input') ? 'cut' : 'no-input';
}
