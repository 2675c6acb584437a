/** Text of a candidate in the reason of a refusal: whoever can push to the repository has written it. */
import { formatText } from '../../base/format-value.ts';
import { COSIGN_LIMITS } from './settings.ts';

const CHARS_MAX = COSIGN_LIMITS['signature.cosign.quotedCharsMax'].default;

/** In one line, and not longer than a person reads: denials and records hold the reason. */
export function formatQuoted(text: string): string {
  return formatText(text, CHARS_MAX);
}
