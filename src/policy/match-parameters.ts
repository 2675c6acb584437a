/** Which overrides of a policy's parameters apply where a request is. */
import { matchOverride } from './match-override.ts';
import type { RequestPlace } from './request-place.ts';
import type { PoliciesSettings } from './settings.ts';

type Override = PoliciesSettings['settings'][string]['overrides'][number];

/** `unknown`: labels decide, and they are not known. There is no stricter of two values: the policy cannot be evaluated. */
export type ParameterMatching =
  | { readonly status: 'known'; readonly positions: readonly number[] }
  | { readonly status: 'unknown' };

/** The positions of those that apply. Of a Namespace that changes its labels, the new ones count: that it may is decided elsewhere. */
export function matchParameters(
  overrides: readonly Override[],
  { namespace, labels }: RequestPlace,
): ParameterMatching {
  const place = { namespace, labels: labels?.slice(-1) };
  const positions: number[] = [];
  for (const [position, override] of overrides.entries()) {
    if (override.parameters === undefined) continue;
    const matching = matchOverride(override, place);
    if (matching === 'unknown') return { status: 'unknown' };
    if (matching === 'matched') positions.push(position);
  }
  return { status: 'known', positions };
}

/** The parameters over the others: of two that name one, the first counts. */
export function overlayParameters(
  parameters: Readonly<Record<string, unknown>>,
  overrides: readonly Override[],
  positions: readonly number[],
): Readonly<Record<string, unknown>> {
  const layers = positions.toReversed().map((position) => overrides[position]?.parameters ?? {});
  return Object.fromEntries([parameters, ...layers].flatMap((layer) => Object.entries(layer)));
}
