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
    case 'file': {
      const { createFileSink } = await import('../audit/sinks/file-sink.ts');
      return createFileSink(settings);
    }
    case 'webhook': {
      const { createWebhookSink } = await import('../audit/sinks/webhook-sink.ts');
      return createWebhookSink(settings, context);
    }
    case 'loki': {
      const { createLokiSink } = await import('../audit/sinks/loki-sink.ts');
      return createLokiSink(settings, context);
    }
    case 'elasticsearch': {
      const { createElasticsearchSink } = await import('../audit/sinks/elasticsearch-sink.ts');
      return createElasticsearchSink(settings, context);
    }
    case 'otlp': {
      const { createOtlpSink } = await import('../audit/sinks/otlp-sink.ts');
      return createOtlpSink(settings, context);
    }
    case 'slack': {
      const { createSlackSink } = await import('../audit/sinks/slack-sink.ts');
      return createSlackSink(settings, context);
    }
    case 'nats': {
      const { createNatsSink } = await import('../audit/sinks/nats-sink.ts');
      return createNatsSink(settings, context);
    }
    case 'syslog': {
      const { createSyslogSink } = await import('../audit/sinks/syslog-sink.ts');
      return createSyslogSink(settings);
    }
  }
}
