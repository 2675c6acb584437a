/** What every check of `holdfast doctor` asks with. */
import { z } from 'zod';
import { addMs, type Clock } from '../../base/clock.ts';
import type { Configuration } from '../../config/schema.ts';
import type { ProbedCluster } from '../../kubernetes/client/cluster-client.ts';
import { unreadable, type Finding, type Read } from './finding.ts';

export interface Examination {
  readonly client: ProbedCluster;
  readonly configuration: Configuration;
  /** Where Holdfast runs. */
  readonly namespace: string;
  readonly clock: Clock;
}

/** One question to the API server, or to a pod through it. */
const ASK_MS_MAX = 10_000;

/** The reason why an answer of the wrong form was not read. */
export const MALFORMED = 'the answer is malformed';

/** By when an answer must be there. */
export function deadlineOf({ clock }: Pick<Examination, 'clock'>) {
  return addMs(clock.monotonicMs(), ASK_MS_MAX);
}

/** One object or list; `undefined` where it is absent. */
export async function ask(
  examination: Examination,
  path: string,
  accept?: string,
): Promise<Read<unknown>> {
  const { client } = examination;
  const reading = await client.read(path, { deadlineAtMs: deadlineOf(examination), accept });
  if (reading.status === 'read') return { status: 'read', value: reading.body };
  if (reading.status === 'absent') return { status: 'read', value: undefined };
  const { code, reason } = reading;
  return { status: 'unreadable', reason, isForbidden: code === 'lookup_forbidden' };
}

const pageSchema = z.looseObject({ continue: z.string().optional() });

/** Every item of a collection; none where the API server does not know the collection. */
export async function askList<Item extends z.ZodType>(
  examination: Examination,
  path: string,
  { item, accept }: { readonly item: Item; readonly accept?: string },
): Promise<Read<readonly z.output<Item>[]>> {
  const found = await ask(examination, path, accept);
  if (found.status === 'unreadable') return found;
  const list = z.looseObject({ metadata: pageSchema.optional(), items: z.array(item) });
  const parsed = list.safeParse(found.value ?? { items: [] });
  if (!parsed.success) return { status: 'unreadable', reason: MALFORMED };
  const { metadata, items } = parsed.data;
  // A part of a list must not be taken for all of it.
  if ((metadata?.continue ?? '') === '') return { status: 'read', value: items };
  return { status: 'unreadable', reason: 'there are more than one answer holds' };
}

/** The findings about what was read, or that it was not. */
export function onRead<Value>(
  what: string,
  read: Read<Value>,
  judge: (value: Value) => readonly Finding[],
): readonly Finding[] {
  return read.status === 'read' ? judge(read.value) : [unreadable(what, read)];
}
