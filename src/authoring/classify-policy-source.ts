/** Checks the parsed sources of a bundle: returns the descriptors, or every problem with its position. */
import type { PolicyDescriptor, RuleName } from '../policy/descriptor.ts';
import type { FactName } from '../policy/fact-names.ts';
import { classifyBranches } from './classify-branches.ts';
import { classifyFactUse } from './classify-fact-use.ts';
import { classifyFindings } from './classify-findings.ts';
import { classifyNames } from './classify-names.ts';
import { classifyReferences } from './classify-references.ts';
import { parseMetadata } from './parse-metadata.ts';
import type { PolicyModule } from './parse-policy-module.ts';
import type { SourceProblem } from './source-problem.ts';

export interface PolicySource {
  /** The name of the folder, which is the name of the policy. */
  readonly name: string;
  readonly text: string;
  readonly module: PolicyModule;
}

export type ClassifiedSource =
  | { readonly ok: true; readonly descriptors: readonly PolicyDescriptor[] }
  | { readonly ok: false; readonly problems: readonly SourceProblem[] };

const RULE_NAMES: readonly RuleName[] = ['deny', 'warn', 'audit', 'patch'];
/** Terms that can never be a finding: an object with code and message. */
const NO_FINDING: ReadonlySet<string> = new Set([
  'string',
  'number',
  'boolean',
  'null',
  'array',
  'set',
]);

/** Checks package names, METADATA, rules and facts of every policy. */
export function classifyPolicySource(
  policies: readonly PolicySource[],
  libraries: readonly PolicyModule[],
): ClassifiedSource {
  const problems: SourceProblem[] = libraries.flatMap((library) => [
    ...checkLibrary(library),
    ...checkForm(library),
  ]);
  problems.push(...classifyReferences([...libraries, ...policies.map(({ module }) => module)]));
  const descriptors: PolicyDescriptor[] = [];
  for (const policy of policies) {
    const found = classifyPolicy(policy, libraries);
    if (found.ok) descriptors.push(...found.descriptors);
    else problems.push(...found.problems);
  }
  return problems.length === 0 ? { ok: true, descriptors } : { ok: false, problems };
}

function classifyPolicy(
  policy: PolicySource,
  libraries: readonly PolicyModule[],
): ClassifiedSource {
  const { module, name, text } = policy;
  const problems: SourceProblem[] = [
    ...checkPackage(policy),
    ...checkRules(module),
    ...classifyFindings(module, libraries),
    ...checkForm(module),
  ];
  const rules = RULE_NAMES.filter((rule) => module.rules.some((head) => head.name === rule));
  const block = module.annotations.find(({ scope }) => scope === 'package');
  if (!block) {
    problems.push({
      file: module.file,
      row: module.packageRow,
      code: 'metadata_missing',
      text: 'the package has no METADATA block',
      remedy: 'write one above the package line, with title, description and custom',
    });
    return { ok: false, problems };
  }
  const metadata = parseMetadata(block, { name, rules, lines: text.split('\n') });
  if (!metadata.ok) return { ok: false, problems: [...problems, ...metadata.problems] };
  problems.push(
    ...checkFacts(module, libraries, [
      ...metadata.descriptor.facts,
      ...metadata.descriptor.optionalFacts,
    ]),
  );
  return problems.length === 0
    ? { ok: true, descriptors: [metadata.descriptor] }
    : { ok: false, problems };
}

function checkForm(module: PolicyModule): readonly SourceProblem[] {
  return [...classifyNames(module), ...classifyBranches(module)];
}

function checkPackage({ name, module }: PolicySource): readonly SourceProblem[] {
  const wanted = `holdfast.policies.${name}`;
  return module.packagePath.join('.') === wanted ? [] : [wrongPackage(module, wanted)];
}

function checkLibrary(module: PolicyModule): readonly SourceProblem[] {
  const [root, branch, name] = module.packagePath;
  if (root === 'holdfast' && branch === 'lib' && name !== undefined) return [];
  return [wrongPackage(module, 'holdfast.lib.<name>')];
}

function wrongPackage({ file, packageRow, packagePath }: PolicyModule, wanted: string) {
  const text = `the package is "${packagePath.join('.')}", wanted "${wanted}"`;
  return { file, row: packageRow, code: 'package_wrong', text } as const;
}

function checkRules({ file, packageRow, rules }: PolicyModule): readonly SourceProblem[] {
  const judging = rules.filter(({ name }) => RULE_NAMES.some((known) => known === name));
  if (judging.length === 0) {
    const text = `the package has none of the rules ${RULE_NAMES.join(', ')}`;
    return [{ file, row: packageRow, code: 'rules_missing', text }];
  }
  const findings = judging.filter(({ name }) => name !== 'patch');
  return findings.flatMap((rule): readonly SourceProblem[] => {
    if (!rule.partialSet) {
      return [
        {
          file,
          row: rule.row,
          code: 'rule_no_set',
          text: `"${rule.name}" is no set`,
          remedy: `write "${rule.name} contains finding if …"`,
        },
      ];
    }
    if (rule.keyType === undefined || !NO_FINDING.has(rule.keyType)) return [];
    return [
      {
        file,
        row: rule.row,
        code: 'finding_type',
        text: `"${rule.name}" collects a ${rule.keyType}, wanted an object with "code" and "message"`,
      },
    ];
  });
}

function checkFacts(
  module: PolicyModule,
  libraries: readonly PolicyModule[],
  declared: readonly FactName[],
): readonly SourceProblem[] {
  const { uses, hidden } = classifyFactUse(module, libraries);
  const undeclared = new Map(uses.map(({ fact, mention }) => [fact, mention]));
  for (const fact of declared) undeclared.delete(fact);
  const unused = declared.filter((fact) => !uses.some((use) => use.fact === fact));
  return [
    ...[...undeclared].map(([fact, { file, row }]) => ({
      file: module.file,
      code: 'fact_undeclared' as const,
      text: `METADATA custom.facts lacks "${fact}", which ${file}:${row} reads`,
    })),
    ...unused.map((fact) => ({
      file: module.file,
      code: 'fact_unused' as const,
      text: `METADATA custom.facts names "${fact}", which the code never reads`,
    })),
    ...hidden.map(({ file, row, path }) => ({
      file,
      row,
      code: 'fact_hidden' as const,
      text: `"${path.join('.')}" hides which fact is read`,
      remedy: 'write "input.facts.<name>" out',
    })),
  ];
}
