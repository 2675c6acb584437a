/** Whether the API server would trust what Holdfast serves now. */
import type { WallMs } from '../../base/clock.ts';
import type { Finding } from './finding.ts';
import type { Handshake } from './probe-handshake.ts';

export interface MadeHandshake {
  /** `holdfast.holdfast-system.svc:443` */
  readonly address: string;
  /** Of the webhooks that are registered with this address and authority. */
  readonly webhooks: readonly string[];
  readonly handshake: Handshake;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Time for people to renew a certificate in working hours. */
const SOON_DAYS = 14;

/** Findings about each address and authority. */
export function classifyHandshakes(
  made: readonly MadeHandshake[],
  nowMs: WallMs,
): readonly Finding[] {
  return made.flatMap((each) => classifyOne(each, nowMs));
}

function classifyOne(
  { address, webhooks, handshake }: MadeHandshake,
  nowMs: WallMs,
): readonly Finding[] {
  if (handshake.status === 'unreachable') {
    return [
      {
        code: 'handshake_elsewhere',
        status: 'unknown',
        message: `${address} cannot be reached from here (${handshake.reason}), so that what it serves is not compared`,
        remedy: 'Run it in a pod of the cluster, where the address leads to Holdfast',
      },
    ];
  }
  if (handshake.refusal !== undefined) {
    return [
      {
        code: 'handshake_refused',
        status: 'failed',
        message: `${address} serves a certificate that the registered authority of ${webhooks.join(', ')} does not vouch for (${handshake.refusal}): each request ends as the failure policy says`,
        remedy:
          'Register the authority that issued what is served (holdfast manifests --ca-file FILE), or serve a certificate of the registered one with this name',
      },
    ];
  }
  const days = Math.floor((Date.parse(handshake.endsAt) - nowMs) / DAY_MS);
  if (days < SOON_DAYS) {
    return [
      {
        code: 'handshake_ends_soon',
        status: 'warning',
        message: `The certificate that ${address} serves ends at ${handshake.endsAt}`,
        remedy: 'Renew it with holdfast certs, or with what has issued it',
      },
    ];
  }
  const message = `${address} serves a certificate that the registered authority vouches for, for ${String(days)} days`;
  return [{ code: 'handshake_trusted', status: 'ok', message }];
}
