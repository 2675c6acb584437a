/** Builds a `Freeze` object from a request for one. */
import { DAY, HOUR, MINUTE } from '../settings/limit.ts';
import { applicationPatternSchema, namespacePatternSchema } from '../settings/value-schemas.ts';
import { FREEZE_GROUP, FREEZE_VERSION } from './parse-freeze.ts';
import { FREEZE_LIMITS, type FreezeSettings } from './settings.ts';

/** As the options of `freeze create` say it. */
export interface FreezeRequest {
  readonly applications: readonly string[];
  readonly namespaces: readonly string[];
  readonly reason: string;
  /** `90m`, `2h`, `7d`. */
  readonly duration: string;
}

export interface FreezeCreation extends Pick<FreezeSettings, 'lifetimeMaxMs'> {
  /** Of the object, and of the namespace that it lies in. */
  readonly name: string;
  readonly namespace: string;
  /** The username of who makes it. */
  readonly by: string;
  readonly nowMs: number;
}

export interface FreezeObject {
  readonly apiVersion: string;
  readonly kind: 'Freeze';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly reason: string;
    readonly by: string;
    readonly expires: string;
    readonly applications?: readonly string[];
    readonly namespaces?: readonly string[];
  };
}

export interface FreezeProblem {
  /** Without dashes. */
  readonly option: string;
  readonly problem: string;
}

export type PlannedFreeze =
  | { readonly ok: true; readonly object: FreezeObject }
  | { readonly ok: false; readonly problems: readonly FreezeProblem[] };

/** As the kind has it. */
const PATTERNS_MAX = 100;
const REASON_CHARS_MAX = FREEZE_LIMITS['freeze.reasonCharsMax'].default;
const DURATION = /^[1-9]\d{0,4}[mhd]$/u;
const UNITS = 'mhd';
const UNIT_MS = [MINUTE, HOUR, DAY];

/** The object, or every problem of the request in the order of the options. */
export function planFreeze(asked: FreezeRequest, creation: FreezeCreation): PlannedFreeze {
  const { applications, namespaces, reason, duration } = asked;
  const durationMs = parseDuration(duration);
  const problems = [
    ...findPatternProblems('application', applications, applicationPatternSchema),
    ...findPatternProblems('namespace', namespaces, namespacePatternSchema),
    ...findReasonProblems(reason),
    ...findDurationProblems(duration, durationMs, creation.lifetimeMaxMs),
  ];
  if (problems.length > 0 || durationMs === undefined) return { ok: false, problems };
  const { name, namespace, by, nowMs } = creation;
  // Whole seconds: people read these times.
  const expires = new Date(Math.floor((nowMs + durationMs) / 1000) * 1000).toISOString();
  return {
    ok: true,
    object: {
      apiVersion: `${FREEZE_GROUP}/${FREEZE_VERSION}`,
      kind: 'Freeze',
      metadata: { name, namespace },
      spec: {
        reason,
        by,
        expires,
        ...(applications.length > 0 && { applications }),
        ...(namespaces.length > 0 && { namespaces }),
      },
    },
  };
}

function findPatternProblems(
  option: string,
  texts: readonly string[],
  schema: typeof applicationPatternSchema,
): readonly FreezeProblem[] {
  if (texts.length > PATTERNS_MAX) {
    const problem = `Expected it at most ${String(PATTERNS_MAX)} times, found ${String(texts.length)}`;
    return [{ option, problem }];
  }
  const wrong = texts.flatMap((text) => {
    const issues = schema.safeParse(text).error?.issues ?? [];
    return issues.map(({ message }) => `${message}: ${JSON.stringify(text)}`);
  });
  return wrong.slice(0, 1).map((problem) => ({ option, problem }));
}

function findReasonProblems(reason: string): readonly FreezeProblem[] {
  const problem =
    reason === ''
      ? 'Expected why nothing may be deployed: it stands in every refusal'
      : `Expected at most ${String(REASON_CHARS_MAX)} characters, found ${String(reason.length)}`;
  return reason === '' || reason.length > REASON_CHARS_MAX ? [{ option: 'reason', problem }] : [];
}

function findDurationProblems(
  duration: string,
  durationMs: number | undefined,
  lifetimeMaxMs: number,
): readonly FreezeProblem[] {
  if (durationMs !== undefined && durationMs <= lifetimeMaxMs) return [];
  const problem =
    durationMs === undefined
      ? `Expected minutes, hours or days, as in 90m, 2h or 7d, found ${JSON.stringify(duration)}`
      : `Expected at most ${String(Math.floor(lifetimeMaxMs / 60_000))}m (freeze.lifetimeMaxMs), found ${duration}`;
  return [{ option: 'for', problem }];
}

function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  return Number(text.slice(0, -1)) * Number(UNIT_MS[UNITS.indexOf(text.slice(-1))]);
}
