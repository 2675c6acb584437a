/** Whether what a constraint found is what a case expects. Source: Gatekeeper 3.23, pkg/gator/verify, Assertion. */
import { matchGoPattern } from '../match-go-pattern.ts';
import type { SuiteAssertion } from './parse-suite.ts';

/** `undefined` if it holds, else what was found instead. */
export function decideAssertion(
  { violations, message }: SuiteAssertion,
  messages: readonly string[],
): string | undefined {
  const pattern = message ?? undefined;
  const isMatch = pattern === undefined ? () => true : matchGoPattern(pattern);
  const matching = messages.filter(isMatch).length;
  const wanted = wantedOf(violations ?? 'yes', matching);
  if (wanted === undefined) return undefined;
  if (wanted === 'invalid') {
    return 'invalid yaml: violations must be an integer from 0 on, "yes" or "no"';
  }
  const containing = pattern === undefined ? '' : ` containing ${JSON.stringify(pattern)}`;
  return `unexpected number of violations: got ${matching} violations${containing} but want ${wanted}: got messages [${messages.join(' ')}]`;
}

function wantedOf(violations: number | string, matching: number): string | undefined {
  if (violations === 'yes') return matching > 0 ? undefined : 'at least 1';
  if (violations === 'no') return matching === 0 ? undefined : 'none';
  if (typeof violations === 'string' || violations < 0) return 'invalid';
  return violations === matching ? undefined : `exactly ${violations}`;
}
