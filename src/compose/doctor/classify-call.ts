/** Whether a write that the API server was asked to try reached Holdfast. */
import type { ApiWriting } from '../../kubernetes/client/cluster-client.ts';
import { unreadable, type Finding } from './finding.ts';

const WHAT = 'A dry run through the API server';
/** What the API server says, in JSON, where a webhook that fails closed gave no answer. Source: apiserver, admission/plugin/webhook. */
const CALL_FAILED = /failed calling webhook \\?"[a-z]+\.holdfast\.dev/u;
const DENIED = /admission webhook \\?"[a-z]+\.holdfast\.dev\\?" denied/u;
const FORBIDDEN: ReadonlySet<number | undefined> = new Set([401, 403]);

/** One finding. A webhook that fails open is called without a sign of it. */
export function classifyCall(writing: ApiWriting): Finding {
  if (writing.status === 'written') return answered('took it');
  if (writing.status === 'absent') {
    return unreadable(WHAT, { reason: 'there is no such namespace' });
  }
  const { reason } = writing;
  if (CALL_FAILED.test(reason)) {
    return {
      code: 'call_failed',
      status: 'failed',
      message: `The API server has no answer from Holdfast, and refuses writes: ${reason}`,
      remedy:
        'Look whether pods are ready, and at the finding about the certificate; a network policy or firewall may be between them',
    };
  }
  if (DENIED.test(reason)) return answered('was denied it by Holdfast');
  const isForbidden = writing.status === 'refused' && FORBIDDEN.has(writing.httpStatus);
  return unreadable(WHAT, { reason, isForbidden });
}

function answered(how: string): Finding {
  const message = `The API server was asked for a dry run, and ${how}: no webhook that fails closed was without an answer`;
  return { code: 'call_answered', status: 'ok', message };
}
