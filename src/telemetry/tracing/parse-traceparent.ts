/** Parses the header `traceparent` of a request. Source: W3C Trace Context, section 3.2. */
import type { RemoteParent } from './traces.ts';

/**
 * Version, trace id, parent id, flags. A later version may add members after a dash, and its beginning is read as this one;
 * version ff is forbidden, and so are ids of zeros. A header that was sent twice is one text with a comma, and matches nothing.
 */
const TRACEPARENT =
  /^(?!ff)(?<version>[0-9a-f]{2})-(?!0{32})(?<traceId>[0-9a-f]{32})-(?!0{16})(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<rest>-[!-~]{0,200})?$/;

const SAMPLED = 0x01;

/** The caller's span; `undefined` if there is none or it is malformed: the request then begins a trace of its own. */
export function parseTraceparent(header: unknown): RemoteParent | undefined {
  if (typeof header !== 'string') return undefined;
  const { groups } = TRACEPARENT.exec(header) ?? {};
  if (groups === undefined) return undefined;
  const { version, traceId = '', spanId = '', flags = '', rest } = groups;
  if (version === '00' && rest !== undefined) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}
