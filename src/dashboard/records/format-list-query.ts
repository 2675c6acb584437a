/** The address of a list with its filters. */
import { FILTER_NAMES, type ListQuery } from './parse-list-query.ts';

/** The query with its question mark; empty where nothing is filtered. */
export function formatListQuery({ filters, before }: ListQuery): string {
  const parameters = new URLSearchParams();
  for (const name of FILTER_NAMES) {
    const value = filters[name];
    if (value !== undefined) parameters.set(name, value);
  }
  if (before !== undefined) parameters.set('before', String(before));
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
