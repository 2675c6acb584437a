/**
 * What `opa eval --explain full` prints of an evaluation: for each rule that can object, whether it held, else the condition
 * that it did not get beyond. Source: OPA, v1/topdown/trace.go.
 */
import { z } from 'zod';
import { isRecord } from '../../base/is-record.ts';
import { parseJsonAs } from '../../base/parse-json-as.ts';

/** One rule of a policy. */
export interface TracedRule {
  /** `deny`, `warn`, `audit`, `patch`; `violation` of a template of Gatekeeper. */
  readonly rule: string;
  /** In the bundle: `owner/owner.rego`. */
  readonly file: string;
  readonly row: number;
  /** Whether it held for any of what it looks at. */
  readonly held: boolean;
  /** Where it ended: of what it looks at, what came furthest. */
  readonly stoppedAt?: { readonly row: number; readonly text: string } | undefined;
}

export interface ParsedTrace {
  /** Of the rules of the package, by name; sets are lists. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly rules: readonly TracedRule[];
}

const OBJECTING: ReadonlySet<string> = new Set(['deny', 'warn', 'audit', 'patch', 'violation']);

const eventSchema = z.object({
  Op: z.string(),
  QueryID: z.number(),
  Node: z.unknown(),
  Location: z.object({ file: z.string(), row: z.number() }).nullish(),
});
const outputSchema = z.object({
  result: z
    .array(z.object({ expressions: z.array(z.object({ value: z.unknown() })).min(1) }))
    .default([]),
  explanation: z.array(eventSchema).default([]),
});

type Event = z.output<typeof eventSchema>;

interface Frame {
  readonly rule: string;
  readonly file: string;
  readonly row: number;
  held: boolean;
  stoppedAt: number | undefined;
}

/** The files of the bundle that was traced. */
export interface TracedSources {
  /** The name in the bundle of a file that OPA names by its path; `undefined` where the bundle has no such file. */
  readonly nameOf: (path: string) => string | undefined;
  readonly lineOf: (name: string, row: number) => string;
}

/** The text that OPA prints of the query `[verdict, values]`; `undefined` where it is none of that. */
export function parseTrace(
  text: string,
  { nameOf, lineOf }: TracedSources,
): ParsedTrace | undefined {
  const output = parseJsonAs(outputSchema, text);
  if (output === undefined) return undefined;
  const value = output.result[0]?.expressions[0]?.value;
  const values: unknown = Array.isArray(value) ? value[1] : undefined;
  const rules = collectRules(output.explanation, nameOf).map(
    ({ stoppedAt, ...rule }): TracedRule =>
      rule.held || stoppedAt === undefined
        ? rule
        : { ...rule, stoppedAt: { row: stoppedAt, text: lineOf(rule.file, stoppedAt).trim() } },
  );
  return { values: isRecord(values) ? values : {}, rules };
}

/** Each rule once, in the order of its file: a rule is entered again wherever its value is asked for. */
function collectRules(events: readonly Event[], nameOf: TracedSources['nameOf']): readonly Frame[] {
  const frames = new Map<number, Frame>();
  const rules = new Map<string, Frame>();
  for (const event of events) {
    if (event.Op === 'Enter') {
      const entered = enter(event, rules, nameOf);
      if (entered !== undefined) frames.set(event.QueryID, entered);
    }
    const frame = frames.get(event.QueryID);
    if (frame === undefined) continue;
    if (event.Op === 'Exit') frame.held = true;
    // What came furthest says most: before it, other items of a list failed earlier.
    if (event.Op === 'Fail' && event.Location) {
      frame.stoppedAt = Math.max(frame.stoppedAt ?? 0, event.Location.row);
    }
  }
  return [...rules.values()].toSorted((a, b) =>
    a.file === b.file ? a.row - b.row : a.file < b.file ? -1 : 1,
  );
}

/** `undefined` where it is no rule that can object. */
function enter(
  { Node, Location }: Event,
  rules: Map<string, Frame>,
  nameOf: TracedSources['nameOf'],
): Frame | undefined {
  const rule = ruleName(Node);
  if (rule === undefined || !OBJECTING.has(rule) || !Location) return undefined;
  const file = nameOf(Location.file);
  // What the build generates asks for the rules, and is none of them.
  if (file === undefined || file.startsWith('_entry/')) return undefined;
  const { row } = Location;
  const key = `${file}:${String(row)}`;
  const frame = rules.get(key) ?? { rule, file, row, held: false, stoppedAt: undefined };
  rules.set(key, frame);
  return frame;
}

function ruleName(node: unknown): string | undefined {
  const head = isRecord(node) ? node['head'] : undefined;
  const name = isRecord(head) ? head['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}
