/**
 * Lists a collection page by page, so that neither the API server nor Holdfast holds all of it in
 * memory. Source: kubernetes.io "Kubernetes API Concepts", retrieving large results sets in chunks.
 */
import type { KubernetesObject } from '../object.ts';
import type { ApiReading } from './cluster-client.ts';
import type { LookupUnavailable } from '../lookup/lookup.ts';
import { parsePage } from '../lookup/parse-object.ts';

export interface ListPagesOptions {
  readonly read: (path: string, accept: string) => Promise<ApiReading>;
  /** @default application/json */
  readonly accept?: string | undefined;
  readonly pageObjects: number;
  readonly pagesMax: number;
  /** Takes each page in order; `true` ends the listing. */
  readonly visit: (items: readonly KubernetesObject[]) => boolean;
}

/** How a listing ended. The resource version is that of the list, if it was read to its end. */
export type ListEnd =
  | { readonly status: 'listed'; readonly resourceVersion: string }
  | { readonly status: 'stopped' }
  | { readonly status: 'absent' }
  | LookupUnavailable;

/**
 * Reads pages until the end, the visitor's `true`, or the page limit. The limit gives `unavailable`, never a
 * short list.
 */
export async function listPages(path: string, options: ListPagesOptions): Promise<ListEnd> {
  const { read, accept = 'application/json', pageObjects, pagesMax, visit } = options;
  let next = '';
  for (let page = 0; page < pagesMax; page += 1) {
    const reading = await read(`${path}?${query(pageObjects, next)}`, accept);
    if (reading.status !== 'read') return reading;
    const list = parsePage(reading.body);
    if (list === undefined) return failed(`The answer to GET ${path} is no list`);
    if (visit(list.items)) return { status: 'stopped' };
    if (list.next === undefined) {
      return { status: 'listed', resourceVersion: list.resourceVersion ?? '' };
    }
    next = list.next;
  }
  return failed(`GET ${path} holds more than ${String(pagesMax * pageObjects)} objects`);
}

function query(pageObjects: number, next: string): string {
  const limit = `limit=${String(pageObjects)}`;
  return next === '' ? limit : `${limit}&continue=${encodeURIComponent(next)}`;
}

function failed(reason: string): LookupUnavailable {
  return { status: 'unavailable', code: 'lookup_failed', reason };
}
