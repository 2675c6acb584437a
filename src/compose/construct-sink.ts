/** From the settings of a sink to the sink: the one place that knows every type. Each is loaded when it is configured. */
import type { Sink, SinkContext } from '../audit/sink.ts';
import type { SinkSettings } from '../config/schema-sinks.ts';

/** Builds the sink; nothing is sent yet. */
export async function constructSink(settings: SinkSettings, context: SinkContext): Promise<Sink> {
  switch (settings.type) {
    case 'stdout': {
      const { createStdoutSink } = await import('../audit/sinks/stdout-sink.ts');
      return createStdoutSink(settings, context);
    }
  }
}
