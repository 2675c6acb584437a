/** An incoming webhook of Slack, strict: it refuses what the real one would show wrongly, and more than one message in a second. */
import { z } from 'zod';
import type { Clock } from '../../../src/base/clock.ts';
import type { TargetHandler, TargetReply } from './https-target.ts';
import { parseJson } from './json-reply.ts';

const messageSchema = z.strictObject({ text: z.string().min(1).max(40_000) });

const INTERVAL_MS = 1000;

export interface FakeSlack {
  readonly handler: TargetHandler;
  readonly messages: readonly string[];
}

/** One webhook, at a path that only its owner knows. */
export function createFakeSlack(options: {
  readonly path: string;
  readonly clock: Clock;
}): FakeSlack {
  const messages: string[] = [];
  let lastMs = -Infinity;
  const handler: TargetHandler = (request): TargetReply => {
    if (request.method !== 'POST') return { status: 405 };
    if (request.path !== options.path) return { status: 404, body: 'no_team' };
    if (request.headers['content-type'] !== 'application/json') return invalid();
    const parsed = messageSchema.safeParse(parseJson(request.body));
    if (!parsed.success || hasMarkup(parsed.data.text)) return invalid();
    const nowMs = options.clock.monotonicMs();
    if (nowMs - lastMs < INTERVAL_MS) {
      return { status: 429, headers: { 'retry-after': '1' }, body: 'rate_limited' };
    }
    lastMs = nowMs;
    messages.push(parsed.data.text);
    return { body: 'ok' };
  };
  return { messages, handler };
}

/** `<` and `>` open links and mentions; `&` must begin one of the three entities. */
function hasMarkup(text: string): boolean {
  return /[<>]|&(?!amp;|lt;|gt;)/u.test(text);
}

function invalid(): TargetReply {
  return { status: 400, body: 'invalid_payload' };
}
