/** The default name of a recorded review. */
import type { RecordedReview } from './recorded-case.ts';

/** `alice-update-deployments`: user, verb, resource and subresource, enough to find a review again. */
export function formatAction({ request }: RecordedReview): string {
  const user = textAt(request['userInfo'], 'username').replace(/^.*:/u, '');
  const verb = textAt(request, 'operation').toLowerCase();
  const subresource = textAt(request, 'subResource');
  const resource = textAt(request['resource'], 'resource');
  return [user, verb, resource, subresource].filter((part) => part !== '').join('-');
}

function textAt(value: unknown, key: string): string {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : '';
  return typeof found === 'string' ? found : '';
}
