/** What every sink has: a name, what it hears, what is hidden from it, and how it is served. */
import { z } from 'zod';
import { secretReferenceSchema } from './secret-reference.ts';
import { limit, nameSchema, namespacePatternSchema, pathSchema, section } from './schema-values.ts';

/** The classes of `ActorClass`; its room lies above this one. */
const ACTOR_CLASSES = ['gitops', 'platform', 'node', 'operator', 'breakglass', 'other'] as const;

/** What a mask can hide. What says which decision it was cannot be hidden: its id, object, code and policies. */
export const MASKABLE_FIELDS = [
  'user.username',
  'user.uid',
  'user.groups',
  'user.extra',
  'change.values',
  'message',
  'grant',
] as const;

// An empty list would match nothing, and a sink that hears nothing looks like one without news.
function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item).min(1).max(1000).readonly().optional();
}

/** Which records the sink hears: every condition that is given must hold, each list by one of its values. */
const filterSchema = section({
  decisions: listOf(z.enum(['allowed', 'denied'])),
  /** The decision's code, exactly. */
  codes: listOf(z.string().min(1).max(128)),
  /** Policies that did not pass. */
  policies: listOf(z.string().min(1).max(128)),
  /** Of the object; "" stands for objects of the whole cluster. */
  namespaces: listOf(z.union([z.literal(''), namespacePatternSchema])),
  actorClasses: listOf(z.enum(ACTOR_CLASSES)),
  dryRun: z.boolean().default(true),
});

/** What the sink must not learn. */
const maskSchema = section({
  drop: z.array(z.enum(MASKABLE_FIELDS)).max(20).readonly().prefault([]),
  /** Replaced by a keyed hash: equal values stay recognizable. */
  hash: z.array(z.enum(MASKABLE_FIELDS)).max(20).readonly().prefault([]),
  /** Without a key, whoever reads the sink could try names until one fits. */
  key: secretReferenceSchema.optional(),
})
  .refine(({ hash, key }) => hash.length === 0 || key !== undefined, {
    error: 'Expected a key for the hash: {file: PATH} or {env: NAME}',
    path: ['key'],
  })
  .refine(({ drop, hash }) => !drop.some((field) => hash.includes(field)), {
    error: 'Expected each field under "drop" or under "hash", not under both',
    path: ['hash'],
  })
  .refine(({ drop, hash }) => hidesMessage([...drop, ...hash]), {
    error: 'Expected "message" as well: the message of a denial repeats the changed values',
    path: ['drop'],
  });

function hidesMessage(masked: readonly (typeof MASKABLE_FIELDS)[number][]): boolean {
  return !masked.includes('change.values') || masked.includes('message');
}

const batchSchema = section({
  entriesMax: limit('audit.sinks.batch.entriesMax'),
  bytesMax: limit('audit.sinks.batch.bytesMax'),
  delayMs: limit('audit.sinks.batch.delayMs'),
});

const deliverySchema = section({
  timeoutMs: limit('audit.sinks.delivery.timeoutMs'),
  backoffMs: limit('audit.sinks.delivery.backoffMs'),
  backoffMaxMs: limit('audit.sinks.delivery.backoffMaxMs'),
  retryAfterMaxMs: limit('audit.sinks.delivery.retryAfterMaxMs'),
  breakerFailures: limit('audit.sinks.delivery.breakerFailures'),
  breakerOpenMs: limit('audit.sinks.delivery.breakerOpenMs'),
  deadLettersMax: limit('audit.sinks.delivery.deadLettersMax'),
  closeMs: limit('audit.sinks.delivery.closeMs'),
});

/** A member of the list of sinks: what all have, and what this type has. Keys that name files end in `File`, or are `file`. */
export function sinkSection<Type extends string, Shape extends z.core.$ZodLooseShape>(
  type: Type,
  shape: Shape,
) {
  return section({
    type: z.literal(type),
    /** Labels metrics, and is what the cursor is kept under: a sink that is renamed begins anew. */
    name: nameSchema,
    /** Where a sink without a cursor begins: with the oldest record that is kept, or with the next one. */
    startAt: z.enum(['oldest', 'newest']).default('oldest'),
    filter: filterSchema.prefault({}),
    mask: maskSchema.prefault({}),
    batch: batchSchema.prefault({}),
    delivery: deliverySchema.prefault({}),
    ...shape,
  });
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u;

/** An address to send to: HTTPS, or HTTP on this machine, without credentials in it. */
export const httpTargetSchema = z
  .string()
  .max(2048)
  .refine((text) => URL.canParse(text), { error: 'Expected a URL', abort: true })
  .refine((text) => !hasCredentials(new URL(text)), {
    // The message must not repeat what it complains about.
    error: 'Expected a URL without a user, password or fragment: name the secret in its own key',
    abort: true,
  })
  .refine((text) => isProtected(new URL(text)), {
    error: 'Expected an https URL; http is for this machine alone',
  });

function hasCredentials({ username, password, hash }: URL): boolean {
  return `${username}${password}${hash}` !== '';
}

function isProtected({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}

/** How a sink's target is trusted, and how we prove who we are. */
export const sinkTlsSchema = section({
  /** Absent: the authorities that Node.js trusts. */
  caFile: pathSchema.optional(),
  certificateFile: pathSchema.optional(),
  keyFile: pathSchema.optional(),
}).refine(
  ({ certificateFile, keyFile }) => (certificateFile === undefined) === (keyFile === undefined),
  { error: 'Expected "certificateFile" and "keyFile" together', path: ['keyFile'] },
);
