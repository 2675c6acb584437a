/** Settings of sinks of the type `slack`. */
import { sinkSection, type TimedSettings } from '../../delivery/settings.ts';
import { MINUTE, SECOND, limit, type LimitRows } from '../../settings/limit.ts';
import { secretReferenceSchema } from '../../settings/secret-reference.ts';
import { targetTlsSchema } from '../../settings/target-schemas.ts';

/** Rows of the table of limits. */
export const SLACK_LIMITS = {
  'audit.sinks.linesMax': {
    default: 10,
    minimum: 1,
    maximum: 50,
    unit: 'items',
    reason: 'Nobody reads more lines in a chat',
    overflow: 'The rest of the batch is counted in the last line',
    metric: 'none',
  },
  'audit.sinks.intervalMs': {
    default: SECOND,
    minimum: 0,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'Slack allows one message per second for each webhook',
    overflow: 'The next message waits; records that arrive meanwhile are added to it',
    metric: 'holdfast_sink_lag_seconds',
  },
} as const satisfies LimitRows;

/** An incoming webhook of Slack, Mattermost or Rocket.Chat. */
export const slackSinkSchema = sinkSection('slack', {
  url: secretReferenceSchema.describe(
    'The address of the incoming webhook. Anyone who has it can post, so the whole address is a secret.',
  ),
  tls: targetTlsSchema.prefault({}).describe('How the connection is secured.'),
  linesMax: limit(SLACK_LIMITS['audit.sinks.linesMax']),
  intervalMs: limit(SLACK_LIMITS['audit.sinks.intervalMs']),
});

export type SlackSinkSettings = TimedSettings<typeof slackSinkSchema>;
