/** Classifies a bulk response of Elasticsearch or OpenSearch, item by item. Source: Elasticsearch "Bulk API". */
import { z } from 'zod';
import type { JournalEntry } from '../../audit/journal.ts';
import type { SinkOutcome } from '../../delivery/sink.ts';
import { formatExcerpt } from '../format-excerpt.ts';

const itemSchema = z.object({
  create: z.object({
    _id: z.string(),
    status: z.int(),
    error: z.object({ type: z.string(), reason: z.string().nullish() }).optional(),
  }),
});

const answerSchema = z.object({ errors: z.boolean(), items: z.array(itemSchema) });

type Item = z.output<typeof itemSchema>['create'];

/** The response must have one item for each entry, in order; otherwise it is invalid. */
export function classifyBulkAnswer(text: string, entries: readonly JournalEntry[]): SinkOutcome {
  const items = parseItems(text);
  if (items === undefined || items.length !== entries.length) return MALFORMED;
  if (items.some(({ _id }, index) => _id !== entries[index]?.hash)) return MALFORMED;
  const pending = items.find((item) => classifyItem(item) === 'retry');
  if (pending !== undefined) return { status: 'retry', reason: describe(pending) };
  const refused = items.flatMap((item, index) => {
    const entry = entries[index];
    return classifyItem(item) === 'refused' && entry !== undefined ? [{ item, entry }] : [];
  });
  const [first] = refused;
  if (first === undefined) return { status: 'delivered' };
  const sequences = refused.map(({ entry }) => entry.sequence);
  return { status: 'refused', sequences, reason: describe(first.item) };
}

const MALFORMED: SinkOutcome = {
  status: 'retry',
  reason: 'The target answered with something other than one result for each record',
};

function parseItems(text: string): readonly Item[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = answerSchema.safeParse(value);
  return parsed.success ? parsed.data.items.map(({ create }) => create) : undefined;
}

function classifyItem({ status }: Item): 'kept' | 'refused' | 'retry' {
  // 409: a document with this id exists, and the id is the record's hash.
  if ((status >= 200 && status < 300) || status === 409) return 'kept';
  // A fault of the document is permanent; a fault of the index or of our permissions can be corrected.
  return status === 400 || status === 413 ? 'refused' : 'retry';
}

function describe({ status, error }: Item): string {
  const said = formatExcerpt(`${error?.type ?? 'no error'}: ${error?.reason ?? 'no reason'}`, []);
  return `The target answered ${status} to a record: ${said}`;
}
