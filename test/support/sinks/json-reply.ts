/** What fake targets that speak JSON share. */
import type { TargetReply } from './https-target.ts';

export function json(status: number, body: unknown): TargetReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** `undefined` for what is no JSON: a fake answers it as its target does. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
