/** Reads the catalogue of a folder of policies: METADATA, and the findings that the code writes out. */
import { resolve } from 'node:path';
import { HoldfastError } from '../../errors.ts';
import type { PolicyDescriptor, PolicyMode } from '../../policy/descriptor.ts';
import type { PoliciesSettings } from '../../policy/settings.ts';
import { readBundleSource } from '../bundle-source.ts';
import { listFindings, type WrittenFinding } from '../classify-findings.ts';
import { classifyPolicySource } from '../classify-policy-source.ts';
import type { PolicyModule } from '../parse-policy-module.ts';
import { readModules } from '../read-modules.ts';
import { formatSourceProblem, type SourceProblem } from '../source-problem.ts';
import { formatTerm } from './format-term.ts';
import type { CatalogueFinding, CataloguePolicy, ConfiguredPolicy } from './policy-catalogue.ts';

/** Of the configuration. */
export type CatalogueSettings = Pick<PoliciesSettings, 'mode' | 'namespaces' | 'settings'>;

export interface DescribeOptions {
  readonly sourceFolder: string;
  readonly opaPath: string;
  readonly settings: CatalogueSettings;
}

/** In the order of their names: the same folder and configuration give the same catalogue. Throws `policy_source_invalid`. */
export async function describePolicies({
  sourceFolder,
  opaPath,
  settings,
}: DescribeOptions): Promise<readonly CataloguePolicy[]> {
  const source = await readBundleSource(resolve(sourceFolder));
  const files = [...source.libraries, ...source.policies].map(({ file }) => file);
  const { modules, problems } = await readModules(files, { opaPath, folder: source.folder });
  if (problems.length > 0) throw invalidSource(problems);
  const libraries = source.libraries.flatMap(({ file }) => modules.get(file) ?? []);
  const policies = source.policies.flatMap((policy) => {
    const module = modules.get(policy.file);
    return module === undefined ? [] : [{ ...policy, module }];
  });
  const classified = classifyPolicySource(policies, libraries);
  if (!classified.ok) throw invalidSource(classified.problems);
  return classified.descriptors.map((descriptor) => {
    const module = policies.find(({ name }) => name === descriptor.name)?.module;
    return describePolicy(descriptor, {
      settings,
      findings: module === undefined ? [] : describeFindings(module, libraries),
    });
  });
}

interface PolicyParts {
  readonly settings: CatalogueSettings;
  readonly findings: readonly CatalogueFinding[];
}

function describePolicy(
  descriptor: PolicyDescriptor,
  { settings, findings }: PolicyParts,
): CataloguePolicy {
  const { name, title, description, severity, match, facts, optionalFacts, rules } = descriptor;
  return {
    name,
    title,
    description,
    severity,
    match,
    facts,
    optionalFacts,
    patches: rules.includes('patch'),
    findings,
    ...configure(descriptor, settings),
  };
}

function configure(
  { name, mode, failure, deadlineMs, parameters }: PolicyDescriptor,
  policies: CatalogueSettings,
): ConfiguredPolicy {
  const own = Object.hasOwn(policies.settings, name) ? policies.settings[name] : undefined;
  // A mode of the policy itself comes before those of namespaces.
  const shared: Readonly<Record<string, PolicyMode>> =
    own?.mode === undefined ? policies.namespaces : {};
  return {
    mode: own?.mode ?? policies.mode ?? mode,
    namespaces: { ...shared, ...own?.namespaces },
    failure: own?.failure ?? failure,
    deadlineMs: own?.deadlineMs ?? deadlineMs,
    parameters: { ...parameters, ...own?.parameters },
  };
}

/** In the order of the code. */
function describeFindings(
  module: PolicyModule,
  libraries: readonly PolicyModule[],
): readonly CatalogueFinding[] {
  return listFindings(module, libraries).map(({ rule, texts }) => ({
    rule: rule === 'warn' || rule === 'audit' ? rule : 'deny',
    codes: formatTexts(texts, 'code'),
    messages: formatTexts(texts, 'message'),
    paths: formatTexts(texts, 'path'),
    remedies: formatTexts(texts, 'remedy'),
  }));
}

function formatTexts(texts: WrittenFinding['texts'], name: string): readonly string[] {
  return [...new Set((texts.get(name) ?? []).map(formatTerm))];
}

function invalidSource(problems: readonly SourceProblem[]): HoldfastError {
  const lines = problems.map(formatSourceProblem);
  return new HoldfastError('policy_source_invalid', lines.join('\n'), {
    remedy: 'See holdfast policy check',
  });
}
