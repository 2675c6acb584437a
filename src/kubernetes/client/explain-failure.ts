/** Why a write was not made, for whoever has to tell somebody. */
import type { ApiWriting } from './cluster-client.ts';

export interface FailedWriting {
  readonly ok: false;
  readonly reason: string;
}

/** Of any answer but `written`. */
export function explainFailure(writing: Exclude<ApiWriting, { status: 'written' }>): FailedWriting {
  const reason =
    writing.status === 'absent' ? 'The API server knows no such place' : writing.reason;
  return { ok: false, reason };
}
