/** OPA's errors as problems of the sources, with a code and a remedy of ours. */
import type { OpaComplaint } from './opa-program.ts';
import type { ProblemCode, SourceProblem } from './source-problem.ts';

const UNKNOWN_FUNCTION = /undefined function (?<name>[\w.]+)/u;
/** What OPA says of a member that the input does not have. */
const UNKNOWN_MEMBER = /undefined ref: (?<path>\S+)\n(?<detail>[\s\S]*)$/u;
const WANTED_MEMBERS = /want \(one of\): (?<wanted>\[[^\n]*\])/u;

/** Each with its place; `file` is what OPA was given, so run it in the folder of the sources. */
export function parseOpaComplaints(
  complaints: readonly OpaComplaint[],
  fallbackFile: string,
): readonly SourceProblem[] {
  return complaints.map(({ message, code, location }) => ({
    file: location?.file ?? fallbackFile,
    row: location?.row,
    ...describe(message, code),
  }));
}

type Described = Pick<SourceProblem, 'code' | 'text' | 'remedy'>;

function describe(message: string, code: string): Described {
  if (UNKNOWN_FUNCTION.test(message)) return { code: 'builtin_unknown', text: firstLine(message) };
  const { path, detail = '' } = UNKNOWN_MEMBER.exec(message)?.groups ?? {};
  if (path === undefined) return { code: codeOf(code), text: firstLine(message) };
  const wanted = WANTED_MEMBERS.exec(detail)?.groups?.['wanted'];
  return {
    code: 'rego_type',
    text: `the schema of the input has no "${path}"`,
    remedy: wanted === undefined ? undefined : `it has ${readWanted(wanted)}`,
  };
}

/** `["actor" "object"]`. */
function readWanted(text: string): string {
  return [...text.matchAll(/"(?<name>[^"]*)"/gu)]
    .map(({ groups }) => groups?.['name'] ?? '')
    .join(', ');
}

function codeOf(code: string): ProblemCode {
  if (code === 'rego_parse_error') return 'rego_parse';
  return code === 'rego_type_error' ? 'rego_type' : 'rego_compile';
}

/** The lines after it draw the place. */
function firstLine(message: string): string {
  return message.replace(/\n[\s\S]*$/u, '');
}
