/** `holdfast audit replay`: sends dead letters again, after the cause is fixed. */
import type { DeadLetterStore } from '../../compose/dead-letter-store.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';

/** Ends with `failed` if the sink rejects one again, with `unavailable` if it cannot be reached. */
export const auditReplayCommand: CommandDefinition = {
  name: 'audit replay',
  summary: 'Send the dead letters of a sink again',
  description:
    'Dead letters are records that a sink refused. Each is sent alone, in order; what is accepted is gone, what is\n' +
    'refused stays. Works while the webhook runs: it goes on by itself where it waited for room.',
  arguments: [{ name: 'SINK', summary: 'the name of the sink', required: true }],
  options: [
    { name: 'list', summary: 'show them and why each was refused, and send nothing' },
    { name: 'discard', summary: 'forget them unsent; the records stay in the journal' },
    configOption,
  ],
  examples: [
    { line: 'audit replay siem --list', note: 'what is there, and why' },
    { line: 'audit replay siem', note: 'once the sink accepts them' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const [sink = ''] = input.arguments;
  if (input.flag('list') && input.flag('discard')) {
    context.report('holdfast: --list and --discard exclude each other');
    return 'usage';
  }
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const { openDeadLetterStore } = await import('../../compose/dead-letter-store.ts');
  const store = openDeadLetterStore(loaded.configuration, context.environment);
  try {
    if (input.flag('list')) return await list(context, store, sink);
    if (input.flag('discard')) return await discard(context, store, sink);
    return await replay(context, store, sink);
  } finally {
    store.close();
  }
}

async function list(
  context: CommandContext,
  store: DeadLetterStore,
  sink: string,
): Promise<ExitStatus> {
  const letters = await store.list(sink);
  for (const { sequence, decisionId, refusedAt, reason } of letters) {
    context.print(`${sequence}  ${decisionId}  ${refusedAt}  ${reason}`);
  }
  context.report(`${letters.length} dead letters of "${sink}"`);
  return 'ok';
}

async function discard(
  context: CommandContext,
  store: DeadLetterStore,
  sink: string,
): Promise<ExitStatus> {
  const letters = await store.list(sink);
  await store.discard(letters);
  context.report(`${letters.length} dead letters of "${sink}" discarded`);
  return 'ok';
}

async function replay(
  context: CommandContext,
  store: DeadLetterStore,
  sink: string,
): Promise<ExitStatus> {
  let delivered = 0;
  let status: ExitStatus = 'ok';
  for await (const replayed of store.replay(sink, context.stopSignal())) {
    const { sequence, decisionId } = replayed.letter;
    if (replayed.status === 'delivered') delivered += 1;
    else {
      context.report(`${sequence}  ${decisionId}  ${replayed.status}: ${replayed.reason}`);
      status = replayed.status === 'refused' ? 'failed' : 'unavailable';
    }
  }
  const left = (await store.list(sink)).length;
  context.report(`${delivered} dead letters of "${sink}" delivered, ${left} left`);
  return status;
}
