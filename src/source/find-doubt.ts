/** What an Application that was read a while ago, from a hub that does not answer now, cannot say of a write. */
import type { Unavailable } from '../base/known.ts';
import type { ErrorCode } from '../errors.ts';
import type { SourceFact } from './parse-application.ts';

const MS_PER_SECOND = 1000;

/** A sync that ran may go on. That none ran says nothing of now: one may have begun since. */
export function findDoubt({
  operation,
  keptForMs,
}: Pick<SourceFact, 'operation' | 'keptForMs'>): Unavailable<ErrorCode> | undefined {
  if (keptForMs === undefined || operation === 'running' || operation === 'deleting') {
    return undefined;
  }
  const seconds = Math.ceil(keptForMs / MS_PER_SECOND);
  const reason = `Argo CD's hub does not answer: ${seconds} s ago, the application was not syncing`;
  return { status: 'unavailable', code: 'hub_unavailable', reason };
}
