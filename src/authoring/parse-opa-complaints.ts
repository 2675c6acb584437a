/** OPA's errors as problems of the sources, with a code and a remedy of ours. */
import { REFUSED_BUILTINS } from '../policy/wasm/builtins/refused-builtins.ts';
import type { OpaComplaint } from './opa-program.ts';
import type { ProblemCode, SourceProblem } from './source-problem.ts';

const UNKNOWN_FUNCTION = 'undefined function ';
/** What OPA says of a member that the input does not have. */
const UNKNOWN_MEMBER = 'undefined ref: ';

/** Each with its place; `file` is what OPA was given, so run it in the folder of the sources. */
export function parseOpaComplaints(
  complaints: readonly OpaComplaint[],
  fallbackFile: string,
): readonly SourceProblem[] {
  return complaints.map((complaint) => ({
    file: complaint.location?.file ?? fallbackFile,
    row: complaint.location?.row,
    ...describe(complaint),
  }));
}

type Described = Pick<SourceProblem, 'code' | 'text' | 'remedy'>;

function describe({ message, code, details }: OpaComplaint): Described {
  if (message.startsWith(UNKNOWN_FUNCTION)) {
    const text = firstLine(message);
    const reason = REFUSED_BUILTINS.get(text.slice(UNKNOWN_FUNCTION.length));
    return { code: 'builtin_unknown', text, ...(reason !== undefined && { remedy: reason }) };
  }
  if (!message.startsWith(UNKNOWN_MEMBER)) return { code: codeOf(code), text: firstLine(message) };
  const wanted = details?.oneOf;
  return {
    code: 'rego_type',
    text: `the schema of the input has no "${firstLine(message).slice(UNKNOWN_MEMBER.length)}"`,
    remedy: wanted === undefined ? undefined : `it has ${wanted.join(', ')}`,
  };
}

function codeOf(code: string): ProblemCode {
  if (code === 'rego_parse_error') return 'rego_parse';
  return code === 'rego_type_error' ? 'rego_type' : 'rego_compile';
}

/** The lines after it draw the place. */
function firstLine(message: string): string {
  return message.replace(/\n[\s\S]*$/u, '');
}
