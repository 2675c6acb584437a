/** Every problem of a folder of policies at once: what a build refuses, and what reads badly. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { HoldfastError } from '../errors.ts';
import { scanBundleSource, type BundleSource } from './bundle-source.ts';
import { classifyFindingTexts } from './classify-finding-texts.ts';
import { classifyMatch } from './classify-match.ts';
import { classifyNegations } from './classify-negations.ts';
import { classifyPolicySource } from './classify-policy-source.ts';
import { describeGiven } from './given-members.ts';
import { INPUT_SCHEMA_FILE } from './input-schema-file.ts';
import { listComplaints, runOpa } from './opa-program.ts';
import { parseMetadata } from './parse-metadata.ts';
import { parseOpaComplaints } from './parse-opa-complaints.ts';
import { readModules, type ReadModules } from './read-modules.ts';
import { sortProblems, type SourceProblem } from './source-problem.ts';
import { listTestFiles } from './testing/list-test-files.ts';
import { writeCapabilities } from './write-capabilities.ts';

export interface CheckOptions {
  readonly sourceFolder: string;
  readonly opaPath: string;
}

export interface CheckedPolicies {
  readonly policies: readonly string[];
  readonly problems: readonly SourceProblem[];
}

/** More are not printed by OPA: whoever has them begins with the first. */
const COMPLAINTS_MAX = '1000';

/** Compiles nothing. Throws a `HoldfastError` where the folder or OPA cannot be used. */
export async function checkPolicies({
  sourceFolder,
  opaPath,
}: CheckOptions): Promise<CheckedPolicies> {
  const folder = resolve(sourceFolder);
  const { source, problems: misplaced } = await scanBundleSource(folder);
  const nothing = misplaced.find(({ file }) => file === '.');
  if (nothing !== undefined) throw new HoldfastError('policy_source_invalid', nothing.text);
  const tests = await listTestFiles(source);
  const sources = [...source.libraries, ...source.policies].map(({ file }) => file);
  const parsed = await readModules(sources, { opaPath, folder });
  const problems = [...misplaced, ...parsed.problems];
  // What a file that is no Rego defines is not known: all that reads it would seem to be wrong.
  if (problems.length === 0) {
    problems.push(...(await classifySources(source, parsed)));
    problems.push(...(await askOpa({ folder, opaPath, sources, tests })));
  }
  return {
    policies: source.policies.map(({ name }) => name),
    problems: sortProblems(problems),
  };
}

async function classifySources(
  source: BundleSource,
  { modules }: ReadModules,
): Promise<readonly SourceProblem[]> {
  const schema: unknown = JSON.parse(await readFile(INPUT_SCHEMA_FILE, 'utf8'));
  const libraries = source.libraries.flatMap(({ file }) => modules.get(file) ?? []);
  const policies = source.policies.flatMap((policy) => {
    const module = modules.get(policy.file);
    return module === undefined ? [] : [{ ...policy, module }];
  });
  const verdict = classifyPolicySource(policies, libraries);
  const read = policies.flatMap(({ name, text, module }) => {
    const block = module.annotations.find(({ scope }) => scope === 'package');
    const metadata = block && parseMetadata(block, { name, rules: [], lines: text.split('\n') });
    const matched = metadata?.ok === true ? classifyMatch({ module, ...metadata }) : [];
    // Of METADATA that is wrong nothing is known: what it declares is taken for given.
    const declared = metadata?.ok === true ? metadata.descriptor : undefined;
    const isAlwaysGiven = describeGiven(schema, declared);
    return [
      ...matched,
      ...classifyFindingTexts(module, libraries),
      ...classifyNegations(module, { libraries, isAlwaysGiven }),
    ];
  });
  const isAlwaysGiven = describeGiven(schema, undefined);
  const shared = libraries.flatMap((library) =>
    classifyNegations(library, { libraries, isAlwaysGiven }),
  );
  return [...(verdict.ok ? [] : verdict.problems), ...read, ...shared];
}

interface Asked {
  readonly folder: string;
  readonly opaPath: string;
  readonly sources: readonly string[];
  readonly tests: readonly string[];
}

/** Types, strict mode, built-in functions and the form. */
async function askOpa({ folder, opaPath, sources, tests }: Asked): Promise<SourceProblem[]> {
  const workFolder = await mkdtemp(join(tmpdir(), 'holdfast-check-'));
  try {
    const capabilities = await writeCapabilities(opaPath, workFolder);
    const check = ['check', '--strict', '--format', 'json', '--max-errors', COMPLAINTS_MAX];
    const strict = ['--capabilities', capabilities, '--schema', INPUT_SCHEMA_FILE];
    // Tests make up inputs of their own, and may call what policies may not.
    const complaints = [
      ...(await listComplaints(opaPath, [...check, ...strict, ...sources], folder)),
      ...(await listComplaints(opaPath, [...check, ...sources, ...tests], folder)),
    ];
    const unformatted = await runOpa(opaPath, ['fmt', '--list', ...sources, ...tests], folder);
    return [
      ...parseOpaComplaints(complaints, '.'),
      ...unformatted.split('\n').filter(Boolean).map(describeUnformatted),
    ];
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

function describeUnformatted(file: string): SourceProblem {
  return {
    file,
    code: 'rego_format',
    text: 'the file is not formatted',
    remedy: `run opa fmt --write ${file}`,
  };
}
