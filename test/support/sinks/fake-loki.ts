/** Loki's push API, as far as it is strict: used where a test needs answers that the real one gives only in distress. */
import { z } from 'zod';
import type { ReceivedRequest, TargetHandler, TargetReply } from './https-target.ts';

const pushSchema = z.strictObject({
  streams: z
    .array(
      z.strictObject({
        stream: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/u), z.string()),
        values: z.array(z.tuple([z.string().regex(/^\d{19}$/u), z.string()])).min(1),
      }),
    )
    .min(1),
});

export interface FakeLoki {
  readonly handler: TargetHandler;
  /** The lines that were taken, each once, as the real one does: labels, time and text decide. */
  readonly lines: ReadonlyMap<string, string>;
}

/** Takes pushes of one tenant; lines that hold a forbidden text are refused, and the others of the push taken. */
export function createFakeLoki(options: {
  readonly tenant: string;
  readonly forbidden?: string;
}): FakeLoki {
  const lines = new Map<string, string>();
  return { lines, handler: (request) => take(request, { ...options, lines }) };
}

function take(
  request: ReceivedRequest,
  state: {
    readonly tenant: string;
    readonly forbidden?: string;
    readonly lines: Map<string, string>;
  },
): TargetReply {
  if (request.path !== '/loki/api/v1/push') return { status: 404, body: '404 page not found\n' };
  if (request.method !== 'POST') return { status: 405 };
  if (request.headers['x-scope-orgid'] !== state.tenant) return { status: 401, body: 'no org id' };
  if (request.headers['content-type'] !== 'application/json') {
    return { status: 415, body: 'unsupported content type' };
  }
  const push = pushSchema.safeParse(parse(request.body));
  if (!push.success) return { status: 400, body: `loghttp.PushRequest: ${push.error.message}` };
  let refused = 0;
  for (const { stream, values } of push.data.streams) {
    for (const [time, line] of values) {
      if (state.forbidden !== undefined && line.includes(state.forbidden)) refused += 1;
      else state.lines.set(JSON.stringify([stream, time, line]), line);
    }
  }
  return refused === 0 ? { status: 204 } : { status: 400, body: 'entry too far behind' };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
