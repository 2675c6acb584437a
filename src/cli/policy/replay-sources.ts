/** The journals, files and streams that a command judges again. */
import { resolve } from 'node:path';
import type { ReplayFile, ReplaySource } from '../../compose/replay/read-replay-items.ts';
import type { Configuration } from '../../config/schema.ts';
import { nearestWord } from '../../base/nearest-word.ts';
import { HoldfastError } from '../../errors.ts';
import { findJournalFolders } from '../audit/journal-folders.ts';
import type { CommandContext, CommandInput } from '../command.ts';

/** The files and folders that are named, else the journal of the configuration; `undefined` if that is invalid, which was reported. */
export async function findReplayFiles(
  context: CommandContext,
  input: CommandInput,
): Promise<readonly ReplayFile[] | undefined> {
  if (input.arguments.length === 0) return findJournalFolders(context, input);
  return input.arguments.map((shown) => ({
    shown,
    path: resolve(context.workingDirectory, shown),
  }));
}

/** The same, and the streams of sinks, beside what is named or alone. Throws `argument_invalid` for a sink that has no stream. */
export async function findReplaySources(
  context: CommandContext,
  input: CommandInput,
  configuration: Configuration,
): Promise<readonly ReplaySource[] | undefined> {
  const sinks = input
    .texts('sink')
    .map((name) => findStream(name, { configuration, environment: context.environment }));
  if (input.arguments.length === 0 && sinks.length > 0) return sinks;
  const files = await findReplayFiles(context, input);
  return files && [...files, ...sinks];
}

function findStream(
  name: string,
  {
    configuration,
    environment,
  }: Pick<CommandContext, 'environment'> & { readonly configuration: Configuration },
): ReplaySource {
  const { sinks } = configuration.audit;
  const sink = sinks.find((one) => one.name === name);
  if (sink?.type === 'nats') {
    return {
      shown: name,
      messages: async function* () {
        const { readNatsRecords } = await import('../../sinks/nats/read-nats-records.ts');
        yield* readNatsRecords(sink, environment);
      },
    };
  }
  const streams = sinks.filter(({ type }) => type === 'nats').map((one) => one.name);
  const what =
    sink === undefined
      ? `The configuration has no sink "${name}"`
      : `The sink "${name}" is of type ${sink.type}, whose records are not read back`;
  const nearest = nearestWord(name, streams);
  const remedy =
    streams.length === 0
      ? 'Name a journal or a file'
      : `Name one of type nats: ${nearest ?? streams.join(', ')}`;
  throw new HoldfastError('argument_invalid', what, { remedy });
}
