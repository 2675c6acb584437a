/**
 * What `opa eval --format pretty --explain full` prints of an evaluation: for each rule that can object, whether it held, else the condition
 * that it did not get beyond. The form for people is read because the one for programs repeats all local variables with each step: the trace of
 * one review of a large policy is beyond what OPA itself can print. Source: OPA, v1/topdown/trace.go, PrettyTraceWithLocation.
 */
import { isRecord } from '../../base/is-record.ts';

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

/**
 * `owner/owner.rego:17    | | Enter data.holdfast.policies.owner.deny`: a bar for each query that it stands in. What a query does has one bar more
 * than where it is entered.
 */
const STEP = /^(.+?):(\d+) +((?:\| )*)([A-Z][a-z]+) (.*)$/u;
/** The rules that can object, as a step names them. */
const OBJECTING = /\.(?<rule>deny|warn|audit|patch|violation)$/u;
/** What OPA prints where the query has no answer. */
const UNDEFINED = 'undefined';

interface Step {
  readonly file: string;
  readonly row: number;
  readonly depth: number;
  readonly step: string;
  readonly what: string;
}

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

/** The text that OPA prints of the query `[verdict, values]`: its steps, then its answer. `undefined` where it is none of that. */
export function parseTrace(
  text: string,
  { nameOf, lineOf }: TracedSources,
): ParsedTrace | undefined {
  const lines = text.split('\n');
  const steps: Step[] = [];
  for (const line of lines) {
    const step = parseStep(line);
    if (step === undefined) break;
    steps.push(step);
  }
  const values = parseValues(lines.slice(steps.length).join('\n'));
  if (values === undefined) return undefined;
  const rules = collectRules(steps, nameOf).map(({ stoppedAt, ...rule }): TracedRule =>
    rule.held || stoppedAt === undefined
      ? rule
      : { ...rule, stoppedAt: { row: stoppedAt, text: lineOf(rule.file, stoppedAt).trim() } },
  );
  return { values, rules };
}

function parseStep(line: string): Step | undefined {
  const found = STEP.exec(line);
  if (found === null) return undefined;
  const [file, row, bars, step, what] = found.slice(1);
  return {
    file: String(file),
    row: Number(row),
    depth: String(bars).length / '| '.length,
    step: String(step),
    what: String(what),
  };
}

/** Empty where the query is undefined. */
function parseValues(text: string): ParsedTrace['values'] | undefined {
  const answer = text.trim();
  if (answer === UNDEFINED) return {};
  try {
    const value: unknown = JSON.parse(answer);
    if (!Array.isArray(value)) return undefined;
    const values: unknown = value[1];
    return isRecord(values) ? values : {};
  } catch {
    return undefined;
  }
}

/** Each rule once, in the order of its file: a rule is entered again wherever its value is asked for. */
function collectRules(steps: readonly Step[], nameOf: TracedSources['nameOf']): readonly Frame[] {
  /** By the depth of what it does; what is entered at the same depth takes its place. */
  const frames: (Frame | undefined)[] = [];
  const rules = new Map<string, Frame>();
  for (const step of steps) {
    if (step.step === 'Enter') frames[step.depth + 1] = enter(step, rules, nameOf);
    const frame = frames[step.depth];
    if (frame === undefined) continue;
    if (step.step === 'Exit') frame.held = true;
    // What came furthest says most: before it, other items of a list failed earlier.
    if (step.step === 'Fail') frame.stoppedAt = Math.max(frame.stoppedAt ?? 0, step.row);
  }
  return [...rules.values()].toSorted((a, b) =>
    a.file === b.file ? a.row - b.row : a.file < b.file ? -1 : 1,
  );
}

/** `undefined` where it is no rule that can object. */
function enter(
  { file: path, row, what }: Step,
  rules: Map<string, Frame>,
  nameOf: TracedSources['nameOf'],
): Frame | undefined {
  const rule = OBJECTING.exec(what)?.groups?.['rule'];
  if (rule === undefined) return undefined;
  const file = nameOf(path);
  // What the build generates asks for the rules, and is none of them.
  if (file === undefined || file.startsWith('_entry/')) return undefined;
  const key = `${file}:${String(row)}`;
  const frame = rules.get(key) ?? { rule, file, row, held: false, stoppedAt: undefined };
  rules.set(key, frame);
  return frame;
}
