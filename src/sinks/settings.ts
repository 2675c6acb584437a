/** The settings of `audit.sinks`, a list of typed members. */
import { z } from 'zod';
import { elasticsearchSinkSchema } from './elasticsearch/settings.ts';
import { fileSinkSchema } from './file/settings.ts';
import { kubernetesEventsSinkSchema } from './kubernetes-events/settings.ts';
import { lokiSinkSchema } from './loki/settings.ts';
import { natsSinkSchema } from './nats/settings.ts';
import { otlpSinkSchema } from './otlp/settings.ts';
import { slackSinkSchema } from './slack/settings.ts';
import { stdoutSinkSchema } from './stdout/settings.ts';
import { syslogSinkSchema } from './syslog/settings.ts';
import { webhookSinkSchema } from './webhook/settings.ts';

// Each has a cursor, a connection and a batch in memory; nobody needs more destinations.
const SINKS_MAX = 32;

const sinkSchema = z.discriminatedUnion('type', [
  stdoutSinkSchema,
  fileSinkSchema,
  webhookSinkSchema,
  lokiSinkSchema,
  elasticsearchSinkSchema,
  otlpSinkSchema,
  slackSinkSchema,
  natsSinkSchema,
  syslogSinkSchema,
  kubernetesEventsSinkSchema,
]);

/** The list; names are unique, because cursors are stored by name. */
export const sinksSchema = z
  .array(sinkSchema)
  .max(SINKS_MAX)
  .readonly()
  .superRefine((sinks, context) => {
    const names = new Set<string>();
    const files = new Set<string>();
    for (const [index, sink] of sinks.entries()) {
      const { name } = sink;
      if (names.has(name)) {
        const message = `Expected a name that no other sink has, found "${name}" again`;
        context.addIssue({ code: 'custom', message, path: [index, 'name'] });
      }
      names.add(name);
      if (sink.type !== 'file') continue;
      // Two sinks with the same file would rotate it under each other.
      if (files.has(sink.file)) {
        const message = `Expected a file that no other sink has, found "${sink.file}" again`;
        context.addIssue({ code: 'custom', message, path: [index, 'file'] });
      }
      files.add(sink.file);
    }
  });

/** The configuration of one sink. */
export type SinkSettings = z.output<typeof sinkSchema>;

export type SinkType = SinkSettings['type'];

/** The settings of one type. */
export type SinkSettingsOf<Type extends SinkType> = Extract<SinkSettings, { type: Type }>;
