/** Sinks that speak HTTP with a service of its own kind: Loki, Elasticsearch, OpenTelemetry, chat. */
import { z } from 'zod';
import { httpTargetSchema, sinkSection, sinkTlsSchema } from './schema-sink-common.ts';
import { secretReferenceSchema } from './secret-reference.ts';
import { limit, section } from './schema-values.ts';

const basicSchema = section({
  // A colon would end the name early (RFC 7617).
  username: z.string().regex(/^[^:\p{Cc}]{1,256}$/u, 'Expected a user name without a colon'),
  password: secretReferenceSchema,
});

const ONE_CREDENTIAL = {
  error: 'Expected at most one of "apiKey", "bearerToken" and "basic"',
};

function hasOneCredential(sink: {
  readonly apiKey?: unknown;
  readonly bearerToken?: unknown;
  readonly basic?: unknown;
}): boolean {
  const given = [sink.apiKey, sink.bearerToken, sink.basic].filter((one) => one !== undefined);
  return given.length <= 1;
}

// What the request is made of is not for the configuration to replace.
const RESERVED_HEADER =
  /^(?:authorization|connection|content-.*|expect|host|te|trailer|transfer-encoding|upgrade)$/iu;

/** Grafana Loki's push API. */
export const lokiSinkSchema = sinkSection('loki', {
  /** The base, without `/loki/api/v1/push`. */
  url: httpTargetSchema,
  tls: sinkTlsSchema.prefault({}),
  bearerToken: secretReferenceSchema.optional(),
  basic: basicSchema.optional(),
  /** Sent in the header X-Scope-OrgID. */
  tenant: z
    .string()
    .regex(/^[A-Za-z0-9!_.*'()-]{1,150}$/u, 'Expected the name of a tenant')
    .optional(),
  /** Added to the labels cluster, replica and decision of every stream. */
  labels: z
    .record(
      z
        .string()
        .regex(
          /^(?!(?:cluster|replica|decision)$|__)[A-Za-z_][A-Za-z0-9_]{0,62}$/u,
          'Expected the name of a label other than "cluster", "replica" and "decision"',
        ),
      z.string().min(1).max(128),
    )
    .refine((labels) => Object.keys(labels).length <= 8, { error: 'Expected at most 8 labels' })
    .readonly()
    .default({ job: 'holdfast' }),
}).refine(hasOneCredential, ONE_CREDENTIAL);

/** The bulk API of Elasticsearch and OpenSearch. */
export const elasticsearchSinkSchema = sinkSection('elasticsearch', {
  /** The base, without `/_bulk`. */
  url: httpTargetSchema,
  tls: sinkTlsSchema.prefault({}),
  /** An index or a data stream. */
  index: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9._-]{0,199}$/u,
      'Expected the name of an index: lower case letters, digits, ".", "_" and "-"',
    )
    .default('logs-holdfast-default'),
  /** Encoded, as Elasticsearch returns it. */
  apiKey: secretReferenceSchema.optional(),
  bearerToken: secretReferenceSchema.optional(),
  basic: basicSchema.optional(),
}).refine(hasOneCredential, ONE_CREDENTIAL);

/** An OpenTelemetry collector, over OTLP/HTTP. */
export const otlpSinkSchema = sinkSection('otlp', {
  /** The base, without `/v1/logs`. */
  url: httpTargetSchema,
  tls: sinkTlsSchema.prefault({}),
  bearerToken: secretReferenceSchema.optional(),
  basic: basicSchema.optional(),
  /** Further headers whose values are secrets, as vendors ask for. */
  secretHeaders: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z0-9-]{1,64}$/u, 'Expected the name of a header')
        .refine((name) => !RESERVED_HEADER.test(name), {
          error: 'Expected a header that is not part of every request',
        }),
      secretReferenceSchema,
    )
    .readonly()
    .default({}),
}).refine(hasOneCredential, ONE_CREDENTIAL);

/** An incoming webhook of Slack, Mattermost or Rocket.Chat. */
export const slackSinkSchema = sinkSection('slack', {
  /** Whoever has the address may post: it is a secret as a whole. */
  url: secretReferenceSchema,
  tls: sinkTlsSchema.prefault({}),
  linesMax: limit('audit.sinks.linesMax'),
  intervalMs: limit('audit.sinks.intervalMs'),
});
