/**
 * Asks a target once for permission to send, so that a mistyped address cannot flood somebody else's
 * server. Source: CloudEvents HTTP 1.1 Web Hooks 1.0.2, section 4.
 */
import type { Clock } from '../../base/clock.ts';
import type { SinkOutcome } from '../../delivery/sink.ts';
import type { HttpTarget, TargetAnswer } from '../http/http-target.ts';
import { Pace } from '../pace.ts';

export interface HandshakeOptions {
  readonly url: URL;
  /** Our DNS name; absent: no handshake. */
  readonly origin: string | undefined;
  readonly target: HttpTarget;
  readonly clock: Clock;
}

const MS_PER_MINUTE = 60_000;

/** The permission of one target, requested before the first delivery. */
export class WebhookHandshake {
  readonly #options: HandshakeOptions;
  #pace: Pace | undefined;

  constructor(options: HandshakeOptions) {
    this.#options = options;
  }

  /** Resolves with nothing when a request may be sent within the allowed rate; otherwise with the reason. */
  async enter(signal: AbortSignal): Promise<SinkOutcome | undefined> {
    const { url, origin, target, clock } = this.#options;
    if (origin === undefined) return undefined;
    if (this.#pace === undefined) {
      const headers = { 'webhook-request-origin': origin };
      const answer = await target.post({ url, method: 'OPTIONS', headers, body: '' }, signal);
      const refusal = findRefusal(answer, origin);
      if (refusal !== undefined) return refusal;
      this.#pace = new Pace(readIntervalMs(answer), clock);
    }
    if (await this.#pace.wait(signal)) return undefined;
    return { status: 'retry', reason: 'The rate that the target allows did not allow it in time' };
  }
}

function findRefusal(answer: TargetAnswer, origin: string): SinkOutcome | undefined {
  if (answer.status === 'unanswered') return { status: 'retry', reason: answer.reason };
  const { httpStatus, retryAfterMs } = answer;
  const allowed = readHeader(answer, 'webhook-allowed-origin');
  const isAllowed = httpStatus < 300 && (allowed === '*' || allowed === origin);
  if (isAllowed) return undefined;
  const said = `answered ${httpStatus} and ${allowed === undefined ? 'allowed no origin' : 'allowed another origin'}`;
  const reason = `The target does not want events of "${origin}": it ${said} to OPTIONS`;
  return { status: 'retry', reason, retryAfterMs };
}

/** A rate is a number of requests per minute, or `*`. */
function readIntervalMs(answer: TargetAnswer): number {
  const rate = readHeader(answer, 'webhook-allowed-rate');
  if (rate === undefined || !/^[1-9]\d{0,8}$/u.test(rate)) return 0;
  return MS_PER_MINUTE / Number(rate);
}

function readHeader(answer: TargetAnswer, name: string): string | undefined {
  const value = answer.status === 'answered' ? answer.headers?.[name] : undefined;
  return typeof value === 'string' ? value.trim() : undefined;
}
