/** What is wrong with a source of policies: the place, a stable code, and what to do. */

/** What a code means, and what helps where a problem does not say it itself. */
export interface ProblemKind {
  readonly meaning: string;
  readonly remedy: string;
}

/** Every code, in the order in which a policy is read. */
export const PROBLEM_KINDS = {
  source_layout: {
    meaning: 'A file or folder is not where a policy has it',
    remedy:
      'A policy is NAME/NAME.rego, with NAME/NAME_test.rego beside it; shared code is lib/*.rego',
  },
  rego_parse: {
    meaning: 'The file is no Rego',
    remedy: 'Correct the syntax: what is named here is what was not expected',
  },
  package_wrong: {
    meaning: 'The package has another name than its folder',
    remedy: 'Name the package as it is wanted, or rename the folder',
  },
  metadata_missing: {
    meaning: 'The package has no METADATA block',
    remedy: 'Write one above the package line, with title, description and custom',
  },
  metadata_invalid: {
    meaning: 'A key of the METADATA block is missing, unknown, or has a wrong value',
    remedy: 'Correct the key; docs/policies.md lists them all',
  },
  match_unreachable: {
    meaning: 'No request can match',
    remedy: 'Correct one of the two lists, or leave one out',
  },
  rule_unreachable: {
    meaning: 'A rule asks for what METADATA custom.match never lets through',
    remedy: 'Add the value to the match, or delete the rule',
  },
  rules_missing: {
    meaning: 'The package judges nothing',
    remedy: 'Write one of the rules deny, warn, audit or patch',
  },
  rule_no_set: {
    meaning: 'A rule of findings is no set',
    remedy: 'Write "contains" between its name and the finding',
  },
  finding_type: {
    meaning: 'What a rule collects can be no finding',
    remedy: 'Collect objects with "code" and "message"',
  },
  finding_unchecked: {
    meaning: 'A finding is made by something else than writing it out',
    remedy: 'Write the object out',
  },
  finding_incomplete: {
    meaning: 'A finding lacks its code or its message',
    remedy: 'Add it: people search for the code, and read the message',
  },
  finding_undefinable: {
    meaning:
      'An undefined part would make the whole finding undefined, and nothing would be denied',
    remedy: 'Use a template, or make the part a condition of the rule',
  },
  negation_undefinable: {
    meaning: 'A part of what "not" negates may be undefined, and then the condition does not hold',
    remedy:
      'Give the part a value, as object.get does, or make it a condition of its own: whether a rule with the "not" refuses or allows, it does nothing where the part is undefined',
  },
  code_form: {
    meaning: 'The code of a finding is no name in snake case',
    remedy:
      'Use lower case letters, digits and "_", a letter first: records, filters and alerts name it',
  },
  message_form: {
    meaning: 'A text of a finding does not read as one: it is empty, too long, or no sentence',
    remedy:
      'Say what was refused in one sentence that ends with a period; put what to do into the remedy',
  },
  remedy_missing: {
    meaning: 'A denial does not say what to do instead',
    remedy: 'Add a "remedy": one sentence, or a command to type',
  },
  name_hides: {
    meaning: 'A name hides a rule, an import or a built-in function',
    remedy: 'Rename it',
  },
  else_open: {
    meaning: 'A chain of else may end without a value',
    remedy: 'End with "else := …"',
  },
  reference_undefined: {
    meaning: 'A reference names a rule that no module defines',
    remedy: 'Name a rule that exists',
  },
  fact_undeclared: {
    meaning: 'The code reads a fact that METADATA does not declare',
    remedy: 'Add it to custom.facts, or to custom.optionalFacts where it only improves a message',
  },
  fact_unused: {
    meaning: 'METADATA declares a fact that the code does not read',
    remedy: 'Take it off the list: a policy is unavailable where a declared fact is',
  },
  fact_hidden: {
    meaning: 'An expression hides which fact is read',
    remedy: 'Write "input.facts.<name>" out',
  },
  builtin_unknown: {
    meaning: 'A built-in function does not exist, or policies may not call it',
    remedy:
      'Correct the name. What asks the network, the clock of another machine or the environment is refused: a fact or a parameter says it',
  },
  rego_type: {
    meaning: 'An expression has a type that never holds, or reads what the input does not have',
    remedy: 'Name a member that the input has',
  },
  rego_compile: {
    meaning: 'OPA does not compile it, or refuses it in strict mode',
    remedy: 'Correct what OPA names',
  },
  rego_format: {
    meaning: 'The file is not formatted',
    remedy: 'Run opa fmt --write on it',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ProblemCode = keyof typeof PROBLEM_KINDS;

export interface SourceProblem {
  /** Relative to the folder of sources, with slashes. */
  readonly file: string;
  /** From 1; absent for what concerns a whole file. */
  readonly row?: number | undefined;
  readonly code: ProblemCode;
  readonly text: string;
  /** What helps here. @default the remedy of the code */
  readonly remedy?: string | undefined;
}

/** One line, as the build reports it: `a/a.rego:7: no module defines "b"; name a rule that exists`. */
export function formatSourceProblem({ file, row, text, remedy }: SourceProblem): string {
  const place = row === undefined ? file : `${file}:${row}`;
  return remedy === undefined ? `${place}: ${text}` : `${place}: ${text}; ${remedy}`;
}

/** What to do, by the problem itself or by its code. */
export function remedyOf({ code, remedy }: SourceProblem): string {
  const text = remedy ?? PROBLEM_KINDS[code].remedy;
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** By file and row, each once. */
export function sortProblems(problems: readonly SourceProblem[]): readonly SourceProblem[] {
  const distinct = new Map(problems.map((problem) => [formatSourceProblem(problem), problem]));
  return [...distinct.values()].toSorted(
    (a, b) => compareTexts(a.file, b.file) || (a.row ?? 0) - (b.row ?? 0),
  );
}

// Not by locale: the order is the same on every machine.
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
