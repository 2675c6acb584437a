/** Whether the code and the texts of findings read as records, filters and people want them. */
import { z } from 'zod';
import { listFindings, type WrittenFinding } from './classify-findings.ts';
import type { PolicyModule } from './parse-policy-module.ts';
import { textOf, type Term } from './rule-tree.ts';
import type { ProblemCode, SourceProblem } from './source-problem.ts';

/** As the closing line of a denial shows it whole. */
const CODE_CHARS_MAX = 64;
const CODE = /^[a-z][a-z0-9_]*$/u;
/** A message of more is cut short where there are several findings; a terminal shows it in some four lines. */
const TEXT_CHARS_MAX = 500;
const TEXT_LINES_MAX = 6;

/** Each problem with its place. What is put together while the policy runs is not looked into. */
export function classifyFindingTexts(
  module: PolicyModule,
  libraries: readonly PolicyModule[],
): readonly SourceProblem[] {
  return listFindings(module, libraries).flatMap(checkTexts);
}

function checkTexts({ rule, file, row, members }: WrittenFinding): readonly SourceProblem[] {
  const problem = (code: ProblemCode, text: string, term?: Term): SourceProblem => {
    return { file, row: term?.location.row ?? row, code, text };
  };
  const problems: SourceProblem[] = [];
  const code = members.get('code');
  if (code?.type === 'string' && !isCode(textOf(code))) {
    problems.push(
      problem('code_form', `the code "${textOf(code)}" is no name in snake case`, code),
    );
  }
  for (const key of ['message', 'remedy']) {
    const term = members.get(key);
    const fault = term && findFault(term, key);
    if (fault !== undefined) {
      problems.push(problem('message_form', `the "${key}" of "${rule}" ${fault}`, term));
    }
  }
  if (rule === 'deny' && !members.has('remedy')) {
    problems.push(problem('remedy_missing', 'what "deny" collects has no "remedy"'));
  }
  return problems;
}

function isCode(text: string): boolean {
  return CODE.test(text) && text.length <= CODE_CHARS_MAX;
}

function findFault(term: Term, key: string): string | undefined {
  const parts = partsOf(term);
  if (parts === undefined) return undefined;
  const constant = parts.map((part) => part ?? '').join('');
  if (parts.every((part) => part?.trim() === '')) return 'is empty';
  if (constant.length > TEXT_CHARS_MAX) {
    return `has ${constant.length} characters, at most ${TEXT_CHARS_MAX} are read`;
  }
  const lines = constant.split('\n').length;
  if (lines > TEXT_LINES_MAX) return `has ${lines} lines, at most ${TEXT_LINES_MAX} are read`;
  if (parts.at(0)?.startsWith(' ') === true) return 'begins with a blank';
  // A remedy may end with a command to type.
  const last = parts.at(-1);
  if (key !== 'message' || last === undefined || /[.!?]$/u.test(last)) return undefined;
  return 'does not end with a period';
}

const templateNode = z.object({
  parts: z.array(z.object({ type: z.string(), value: z.unknown() }).or(z.unknown())),
});
const textNode = z.object({ type: z.literal('string'), value: z.string() });

/** The parts of a constant or a template, `undefined` for each that is put in; `undefined` for other terms. */
function partsOf(term: Term): readonly (string | undefined)[] | undefined {
  if (term.type === 'string') return [textOf(term)];
  if (term.type !== 'templatestring') return undefined;
  return templateNode.parse(term.value).parts.map((part) => textNode.safeParse(part).data?.value);
}
