/**
 * What the previous version stores and publishes of incidents, frozen: its own schemas, strict as it reads, and rows as it wrote them.
 * Whoever changes what is stored so that these do not read it raises `STATE_VERSION`, which the previous version refuses at its start;
 * then these become those of the version before.
 */
import { z } from 'zod';
import { sampleAttempt, sampleIncident, sampleMessage } from './incident-samples.ts';

const severity = z.enum(['info', 'warning', 'error', 'critical']);

const attempt = z.strictObject({
  ...Object.fromEntries(
    [
      'decisionId time operation object namespace app repository revision username actor proof code',
      'message grant replica',
    ]
      .join(' ')
      .split(' ')
      .map((name) => [name, z.string()]),
  ),
  decision: z.enum(['denied', 'warned', 'audited', 'unavailable', 'allowed']),
  commit: z.string().default(''),
  signers: z.string().default(''),
  policies: z.array(z.string()).readonly(),
});

const incident = z.strictObject({
  key: z.string(),
  group: z.string(),
  rule: z.string(),
  class: z.string(),
  severity,
  openedAtMs: z.number(),
  quietSinceMs: z.number(),
  expiresAtMs: z.number().optional(),
  count: z.int(),
  own: z.int(),
  objects: z.record(z.string(), z.enum(['open', 'healed'])),
  unlisted: z.int(),
  first: attempt,
  last: attempt,
  told: z.record(z.string(), z.strictObject({ atMs: z.number(), count: z.int(), severity })),
  acknowledged: z.boolean(),
  aliases: z.array(z.string()),
});

const notice = z.strictObject({
  severity,
  class: z.string(),
  rule: z.string(),
  summary: z.string(),
  source: z.string(),
  component: z.string(),
  group: z.string(),
  namespace: z.string(),
  time: z.string(),
  startedAtMs: z.number(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])),
  links: z.array(z.strictObject({ text: z.string(), href: z.string() })),
});

const message = z.strictObject({
  id: z.string(),
  target: z.string(),
  kind: z.enum(['trigger', 'acknowledge', 'resolve', 'change']),
  key: z.string(),
  notice,
  decidedAtMs: z.number().optional(),
  attempts: z.int(),
  dueAtMs: z.number(),
  handoverAtMs: z.number(),
});

/** By the beginning of a key of the space `incidents`; other keys are passed over. */
const ROWS: Readonly<Record<string, z.ZodType>> = {
  cursor: z.int().min(0),
  'incident/': incident,
  'message/': message,
  'rate/': z.strictObject({ sinceMs: z.number(), used: z.int() }),
  'change/': z.string(),
  'seen/': z.int(),
};

/** The keys that the previous version cannot read, and would forget. */
export function findUnreadRows(rows: ReadonlyMap<string, string>): readonly string[] {
  return [...rows].flatMap(([key, text]) => {
    const schema = Object.entries(ROWS).find(([beginning]) => key.startsWith(beginning))?.[1];
    const isRead = schema?.safeParse(JSON.parse(text)).success ?? true;
    return isRead ? [] : [key];
  });
}

const previousStatus = z.object({
  version: z.literal(1),
  told: z.array(z.string().max(64)).max(1000),
  ended: z.array(z.tuple([z.string().max(64), z.int()])).max(1000),
  reports: z
    .array(
      z.object({
        key: z.string().length(64),
        group: z.string().length(64),
        rule: z.string().max(63),
        own: z.int().min(0),
        objects: z.record(z.string().max(1024), z.enum(['open', 'healed'])),
        unlisted: z.int().min(0),
        last: attempt,
        expiresAtMs: z.number().optional(),
      }),
    )
    .max(1000),
});

export type PreviousStatus = z.output<typeof previousStatus>;

/** Throws where the previous version would not read it. */
export function readAsPrevious(status: string): PreviousStatus {
  return previousStatus.parse(JSON.parse(status));
}

/** As the previous version publishes it. */
export function formatAsPrevious(status: Omit<PreviousStatus, 'version'>): string {
  return JSON.stringify({ version: 1, ...status });
}

/** Rows of the space `incidents` from before commits were in attempts: one incident that was told, and a message that waits. */
export function previousRows({
  key,
  group,
  nowMs,
}: PreviousIncident): Readonly<Record<string, string>> {
  const { commit: _commit, signers: _signers, ...attempted } = sampleAttempt();
  const open = {
    ...sampleIncident({ key, group, count: 3, own: 1, openedAtMs: nowMs, quietSinceMs: nowMs }),
    first: attempted,
    last: attempted,
    told: { pager: { atMs: nowMs, count: 1, severity: 'warning' } },
  };
  const waiting = { ...sampleMessage(1), key, dueAtMs: nowMs, handoverAtMs: nowMs };
  return {
    cursor: '0',
    [`incident/${key}`]: JSON.stringify(open),
    'message/0000000000000001': JSON.stringify(waiting),
    'rate/pager': JSON.stringify({ sinceMs: nowMs, used: 1 }),
    'change/subject': '"change"',
    [`seen/holdfast-1/${group}`]: '2',
  };
}

export interface PreviousIncident {
  readonly key: string;
  readonly group: string;
  readonly nowMs: number;
}
