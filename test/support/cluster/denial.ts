/** What a person reads when the API server refuses: kubectl's preamble, and the lines of the webhook. */
import type { KubectlResult } from './kubectl.ts';

export interface Denial {
  /** Which webhook refused: `drift.holdfast.dev`. */
  readonly webhook: string;
  /** The message as a whole, line by line; the decision's id, the only part that chance decides, is written as `<id>`. */
  readonly lines: readonly string[];
}

const ANNOUNCEMENT =
  /admission webhook "(?<webhook>[^"]+)" denied the request: ?\n(?<message>[\s\S]*)/u;
/** A ULID: 26 characters of Crockford's base 32. */
const DECISION = /^decision [0-9A-HJKMNP-TV-Z]{26} /u;

/** Reads the refusal from what kubectl printed; `undefined` where it was not refused by a webhook. */
export function readDenial({ stderr }: KubectlResult): Denial | undefined {
  const found = ANNOUNCEMENT.exec(stderr)?.groups;
  if (found === undefined) return undefined;
  const lines: string[] = [];
  for (const line of (found['message'] ?? '').split('\n')) {
    lines.push(line.replace(DECISION, 'decision <id> '));
    // kubectl may add advice of its own after the last line.
    if (DECISION.test(line)) break;
  }
  return { webhook: found['webhook'] ?? '', lines };
}
