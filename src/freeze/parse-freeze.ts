/** A `Freeze` object: who has stopped which deployments, until when, and why. */
import { z } from 'zod';
import { printable } from '../base/printable.ts';
import { applicationPatternSchema, namespacePatternSchema } from '../settings/value-schemas.ts';
import type { FreezeScope } from './match-frozen.ts';
import { FREEZE_LIMITS } from './settings.ts';

/** The API group of the kind. */
export const FREEZE_GROUP = 'holdfast.dev';
/** Its version. */
export const FREEZE_VERSION = 'v1alpha1';

/** A freeze by hand, or of a circuit breaker. Times in ms since the epoch. */
export interface Freeze {
  /** Of the object. */
  readonly name: string;
  readonly scope: FreezeScope;
  readonly reason: string;
  readonly by: string;
  readonly createdAtMs: number;
  /** When it says that it ends. */
  readonly expiresAtMs: number;
  /** Somebody has ended it before its time. */
  readonly ended?: { readonly by: string; readonly reason: string } | undefined;
  /** The circuit breaker that has made it. */
  readonly breaker?: string | undefined;
}

export type ParsedFreeze =
  | { readonly ok: true; readonly freeze: Freeze }
  | { readonly ok: false; readonly name: string; readonly reason: string };

const REASON_CHARS_MAX = FREEZE_LIMITS['freeze.reasonCharsMax'].default;

const time = z.iso.datetime({ offset: true }).transform((value) => Date.parse(value));

/** Made by people, and shown to others in refusals and on terminals. */
function text(charsMax: number) {
  return z.string().max(charsMax).transform(printable);
}

const freezeObject = z.looseObject({
  metadata: z.looseObject({ name: z.string(), creationTimestamp: time }),
  spec: z.looseObject({
    reason: text(REASON_CHARS_MAX),
    by: text(1024),
    expires: time,
    applications: z.array(applicationPatternSchema).min(1).max(100).optional(),
    namespaces: z.array(namespacePatternSchema).min(1).max(100).optional(),
    breaker: text(63).optional(),
    ended: z.boolean().default(false),
    endedBy: text(1024).default(''),
    endedReason: text(REASON_CHARS_MAX).default(''),
  }),
});

/** The freeze, or what is wrong with the object. An object that is not understood freezes nothing. */
export function parseFreeze(object: unknown): ParsedFreeze {
  const parsed = freezeObject.safeParse(object);
  if (!parsed.success) {
    const reason = parsed.error.issues
      .slice(0, 1)
      .map(({ path, message }) => `${path.map(String).join('.')}: ${message}`)
      .join('');
    return { ok: false, name: nameOf(object), reason };
  }
  const { metadata, spec } = parsed.data;
  const { reason, by, expires, applications, namespaces, breaker, ended, endedBy, endedReason } =
    spec;
  return {
    ok: true,
    freeze: {
      name: metadata.name,
      scope: {
        ...(applications !== undefined && { applications }),
        ...(namespaces !== undefined && { namespaces }),
      },
      reason,
      by,
      createdAtMs: metadata.creationTimestamp,
      expiresAtMs: expires,
      ...(breaker !== undefined && { breaker }),
      ...(ended && { ended: { by: endedBy, reason: endedReason } }),
    },
  };
}

const named = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });

function nameOf(object: unknown): string {
  const parsed = named.safeParse(object);
  return parsed.success ? printable(parsed.data.metadata.name) : '';
}
