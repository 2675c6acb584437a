/** The filters of a list, as they stand in its address. */
import { DECISION_KINDS } from '../../audit/classify-decision.ts';
import type { EntryFilter } from '../../audit/query/match-entry.ts';

/** The filters that a form has, by their names in the address. */
export const FILTER_NAMES = ['decision', 'namespace', 'user', 'policy', 'code'] as const;
export type FilterName = (typeof FILTER_NAMES)[number];

/** What somebody has filled in; absent where it is empty. */
export type ListFilters = Readonly<Partial<Record<FilterName, string>>>;

export interface ListQuery {
  readonly filters: ListFilters;
  /** Of a page of older records: only those before this one. */
  readonly before?: number | undefined;
}

/** Longer than any user name that the API server takes. */
const VALUE_CHARS_MAX = 1024;
const SEQUENCE = /^[1-9]\d{0,14}$/u;

/** An unknown decision, and what is too long, is left out: a page is shown in any case. */
export function parseListQuery(parameters: URLSearchParams): ListQuery {
  const filters: Partial<Record<FilterName, string>> = {};
  for (const name of FILTER_NAMES) {
    const value = (parameters.get(name) ?? '').trim();
    if (value !== '' && value.length <= VALUE_CHARS_MAX) filters[name] = value;
  }
  if (!DECISION_KINDS.some((kind) => kind === filters.decision)) delete filters.decision;
  return { filters, before: parseSequence(parameters.get('before')) };
}

/** A place in the journal; `undefined` for everything else. */
export function parseSequence(text: string | null | undefined): number | undefined {
  return text && SEQUENCE.test(text) ? Number(text) : undefined;
}

/** As a search of the journal takes them. */
export function parseEntryFilter({
  decision,
  namespace,
  user,
  policy,
  code,
}: ListFilters): EntryFilter {
  return {
    decision: DECISION_KINDS.find((kind) => kind === decision),
    namespace,
    username: user,
    policy,
    code,
  };
}
