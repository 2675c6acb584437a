/**
 * Parses the address of the webhook for the API server: `https://host:port`, or `namespace/service`, or
 * `namespace/service:port`.
 */
import type { WebhookTarget } from './plan-registration.ts';

export type ParsedTarget =
  | { readonly ok: true; readonly target: WebhookTarget }
  | { readonly ok: false; readonly reason: string };

const SERVICE = /^(?<namespace>[a-z0-9-]{1,63})\/(?<name>[a-z0-9-]{1,63})(?::(?<port>\d{1,5}))?$/u;
const SERVICE_PORT_DEFAULT = 443;
/** Ports have 16 bits. */
const PORT_MAX = 65_535;

/** Reads `namespace/service` with an optional port. */
export function parseServiceTarget(text: string): ParsedTarget {
  const groups = SERVICE.exec(text)?.groups;
  const namespace = groups?.['namespace'];
  const name = groups?.['name'];
  const port = Number(groups?.['port'] ?? SERVICE_PORT_DEFAULT);
  if (namespace === undefined || name === undefined || port < 1 || port > PORT_MAX) {
    return {
      ok: false,
      reason: `A service is wanted as namespace/name or namespace/name:port, found "${text}"`,
    };
  }
  return { ok: true, target: { kind: 'service', namespace, name, port } };
}

/**
 * Reads the address of a webhook outside the cluster. The API server accepts https only, without query or
 * user.
 */
export function parseUrlTarget(text: string): ParsedTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    url?.protocol === 'https:' && `${url.search}${url.hash}${url.username}${url.password}` === '';
  if (url === undefined || !isPlain) {
    return { ok: false, reason: `A URL such as https://host:8443 is wanted, found "${text}"` };
  }
  const path = url.pathname.endsWith('/') ? url.pathname.slice(0, -1) : url.pathname;
  return { ok: true, target: { kind: 'url', baseUrl: `${url.origin}${path}` } };
}
