/** The records that the stream of a sink holds, as it was sent them: nothing proves that nobody else has published there. */
import { HoldfastError } from '../../errors.ts';
import type { SinkContext } from '../../delivery/sink.ts';
import { describeNatsFailure } from './describe-nats-failure.ts';
import { openNats } from './open-nats.ts';
import type { NatsSinkSettings } from './settings.ts';

/** The JSON of each message, in the order of the stream, until its end of now. Throws `input_unreadable`. */
export async function* readNatsRecords(
  settings: NatsSinkSettings,
  environment: SinkContext['environment'],
): AsyncGenerator<Uint8Array> {
  const { stream, delivery } = settings;
  let secrets: readonly string[] = [];
  const failure = (reason: string, cause?: unknown) =>
    new HoldfastError(
      'input_unreadable',
      `The stream of the sink "${settings.name}" cannot be read: ${reason}`,
      { cause },
    );
  try {
    const opened = await openNats(settings, {
      environment,
      name: 'holdfast policy replay',
      onSecrets: (found) => {
        secrets = found;
      },
    });
    if (!opened.ok) throw failure(opened.reason);
    try {
      yield* opened.open.readStream(stream, { timeoutMs: delivery.timeoutMs });
    } finally {
      await opened.open.close();
    }
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw failure(describeNatsFailure(error, { stream, secrets }), error);
  }
}
