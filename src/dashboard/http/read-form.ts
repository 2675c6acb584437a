/** Reads the body of a form, limited in bytes. */
import type { IncomingMessage } from 'node:http';
import { collectBounded } from '../../base/read-bounded.ts';
import { DASHBOARD_LIMITS } from '../settings.ts';

const BYTES_MAX = DASHBOARD_LIMITS['dashboard.formBytesMax'].default;

/** `undefined` where it is too large, cut off, or no form. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded(?:;|$)/iu.test(type)) return undefined;
  // What says so itself is not read at all: where reading is given up, the connection is closed without an answer.
  if (Number(request.headers['content-length'] ?? 0) > BYTES_MAX) return undefined;
  try {
    const body = await collectBounded(request, BYTES_MAX);
    return body.ok ? new URLSearchParams(Buffer.from(body.bytes).toString('utf8')) : undefined;
  } catch {
    return undefined;
  }
}
