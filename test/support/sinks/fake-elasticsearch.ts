/** The bulk API of Elasticsearch, strict: what the real one refuses, and a little more. */
import { z } from 'zod';
import type { ReceivedRequest, TargetHandler, TargetReply } from './https-target.ts';
import { json, parseJson } from './json-reply.ts';

const actionSchema = z.strictObject({
  create: z.strictObject({
    _index: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/u),
    _id: z.string().min(1).max(512),
  }),
});

const documentSchema = z.looseObject({ '@timestamp': z.iso.datetime() });

export interface ItemFault {
  readonly status: number;
  readonly type: string;
  readonly reason: string;
}

export interface FakeElasticsearch {
  readonly handler: TargetHandler;
  readonly documents: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** The next documents with this id end so, until the fault is taken away. */
  readonly faults: Map<string, ItemFault>;
}

/** An empty cluster with one user. */
export function createFakeElasticsearch(options: {
  readonly authorization: string;
}): FakeElasticsearch {
  const documents = new Map<string, Readonly<Record<string, unknown>>>();
  const faults = new Map<string, ItemFault>();
  return {
    documents,
    faults,
    handler: (request) => {
      const refusal = refuse(request, options.authorization);
      if (refusal !== undefined) return refusal;
      const items = takeAll(request.body, { documents, faults });
      if (items === undefined) return fault(400, 'illegal_argument_exception');
      const errors = items.some(({ create }) => create.status > 299);
      return json(200, { took: 1, errors, items });
    },
  };
}

function refuse(request: ReceivedRequest, authorization: string): TargetReply | undefined {
  if (request.path !== '/_bulk') return fault(404, 'no handler found');
  if (request.method !== 'POST') return fault(405, 'method_not_allowed');
  if (request.headers.authorization !== authorization) return fault(401, 'security_exception');
  if (request.headers['content-type'] !== 'application/x-ndjson') {
    return fault(406, 'media_type_header_exception');
  }
  // "The bulk request must be terminated by a newline"
  return request.body.endsWith('\n') ? undefined : fault(400, 'illegal_argument_exception');
}

interface Store {
  readonly documents: Map<string, Readonly<Record<string, unknown>>>;
  readonly faults: ReadonlyMap<string, ItemFault>;
}

interface Item {
  readonly create: { readonly _index: string; readonly _id: string; readonly status: number };
}

function takeAll(body: string, store: Store): readonly Item[] | undefined {
  const lines = body.slice(0, -1).split('\n');
  if (lines.length % 2 !== 0) return undefined;
  const items: Item[] = [];
  for (let index = 0; index < lines.length; index += 2) {
    const item = take([lines[index] ?? '', lines[index + 1] ?? ''], store);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

function take(
  [action, source]: readonly [string, string],
  { documents, faults }: Store,
): Item | undefined {
  const parsed = actionSchema.safeParse(parseJson(action));
  if (!parsed.success) return undefined;
  const { _id, _index } = parsed.data.create;
  const end = (status: number, type = '', reason = '') => ({
    create: { _index, _id, status, ...(status > 299 && { error: { type, reason } }) },
  });
  const injected = faults.get(_id);
  if (injected !== undefined) return end(injected.status, injected.type, injected.reason);
  if (documents.has(_id)) {
    return end(409, 'version_conflict_engine_exception', 'document already exists');
  }
  const document = documentSchema.safeParse(parseJson(source));
  if (!document.success) return end(400, 'document_parsing_exception', 'no @timestamp');
  documents.set(_id, document.data);
  return end(201);
}

function fault(status: number, type: string): TargetReply {
  return json(status, { error: { type }, status });
}
