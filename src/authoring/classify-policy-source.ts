/** Checks the parsed sources of a bundle: returns the descriptors, or every problem with its position. */
import type { FactName, PolicyDescriptor, RuleName } from '../policy/descriptor.ts';
import { classifyBranches } from './classify-branches.ts';
import { classifyFactUse } from './classify-fact-use.ts';
import { classifyFindings } from './classify-findings.ts';
import { classifyNames } from './classify-names.ts';
import { classifyReferences } from './classify-references.ts';
import { parseMetadata } from './parse-metadata.ts';
import type { PolicyModule } from './parse-policy-module.ts';

export interface PolicySource {
  /** The name of the folder, which is the name of the policy. */
  readonly name: string;
  readonly text: string;
  readonly module: PolicyModule;
}

export type ClassifiedSource =
  | { readonly ok: true; readonly descriptors: readonly PolicyDescriptor[] }
  | { readonly ok: false; readonly problems: readonly string[] };

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
  const problems = libraries.flatMap((library) => [
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
  const problems = [
    ...checkPackage(policy),
    ...checkRules(module),
    ...classifyFindings(module, libraries),
    ...checkForm(module),
  ];
  const rules = RULE_NAMES.filter((rule) => module.rules.some((head) => head.name === rule));
  const block = module.annotations.find(({ scope }) => scope === 'package');
  if (!block) {
    problems.push(
      `${module.file}:${module.packageRow}: the package has no METADATA block; write one above the package line, with title, description and custom`,
    );
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

function checkForm(module: PolicyModule): readonly string[] {
  return [...classifyNames(module), ...classifyBranches(module)];
}

function checkPackage({ name, module }: PolicySource): string[] {
  const wanted = `holdfast.policies.${name}`;
  const found = module.packagePath.join('.');
  if (found === wanted) return [];
  return [`${module.file}:${module.packageRow}: the package is "${found}", wanted "${wanted}"`];
}

function checkLibrary(module: PolicyModule): string[] {
  const [root, branch, name] = module.packagePath;
  if (root === 'holdfast' && branch === 'lib' && name !== undefined) return [];
  const found = module.packagePath.join('.');
  return [
    `${module.file}:${module.packageRow}: the package is "${found}", wanted "holdfast.lib.<name>"`,
  ];
}

function checkRules({ file, packageRow, rules }: PolicyModule): string[] {
  const judging = rules.filter(({ name }) => RULE_NAMES.some((known) => known === name));
  if (judging.length === 0) {
    return [`${file}:${packageRow}: the package has none of the rules ${RULE_NAMES.join(', ')}`];
  }
  const findings = judging.filter(({ name }) => name !== 'patch');
  return findings.flatMap((rule) => {
    if (!rule.partialSet) {
      return [
        `${file}:${rule.row}: "${rule.name}" is no set; write "${rule.name} contains finding if …"`,
      ];
    }
    if (rule.keyType === undefined || !NO_FINDING.has(rule.keyType)) return [];
    return [
      `${file}:${rule.row}: "${rule.name}" collects a ${rule.keyType}, wanted an object with "code" and "message"`,
    ];
  });
}

function checkFacts(
  module: PolicyModule,
  libraries: readonly PolicyModule[],
  declared: readonly FactName[],
): string[] {
  const { uses, hidden } = classifyFactUse(module, libraries);
  const undeclared = new Map(uses.map(({ fact, mention }) => [fact, mention]));
  for (const fact of declared) undeclared.delete(fact);
  const unused = declared.filter((fact) => !uses.some((use) => use.fact === fact));
  return [
    ...[...undeclared].map(
      ([fact, { file, row }]) =>
        `${module.file}: METADATA custom.facts lacks "${fact}", which ${file}:${row} reads`,
    ),
    ...unused.map(
      (fact) => `${module.file}: METADATA custom.facts names "${fact}", which the code never reads`,
    ),
    ...hidden.map(
      ({ file, row, path }) =>
        `${file}:${row}: "${path.join('.')}" hides which fact is read; write "input.facts.<name>" out`,
    ),
  ];
}
