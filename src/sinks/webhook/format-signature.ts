/** Proof for a receiver that a body comes from us and is fresh: a keyed hash over the time and the body. */
import { createHmac } from 'node:crypto';
import type { WallMs } from '../../base/clock.ts';

const MS_PER_SECOND = 1000;

/**
 * The value of the header Holdfast-Signature: `t=<seconds since the epoch>,v1=<HMAC-SHA256 in hexadecimal>` over
 * `<seconds>.<body>`. The time is signed too, so that what was heard on the way cannot be sent again later.
 */
export function formatSignature(body: string, key: string, nowMs: WallMs): string {
  const seconds = Math.floor(nowMs / MS_PER_SECOND);
  const hash = createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${hash}`;
}
