/** Runs the tests of a suite. Source: Gatekeeper 3.23, pkg/gator/verify, Runner. */
import { join, dirname } from 'node:path';
import { systemClock } from '../../../base/clock.ts';
import { errorText } from '../../../base/error-details.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import type { PolicyDescriptor } from '../../../policy/descriptor.ts';
import { describeConstraint } from '../describe-constraint.ts';
import { constraintKind, parseConstraint, type ParsedConstraint } from '../parse-constraint.ts';
import { parseObject, parseObjects } from '../parse-objects.ts';
import { isTemplate, parseTemplate, type Template } from '../parse-template.ts';
import { decideAssertion } from './decide-assertion.ts';
import { readText, type FoundSuite } from './find-suites.ts';
import { judgeCase } from './judge-case.ts';
import type { SuiteFilter } from './match-filter.ts';
import { parseReviewedObject } from './parse-reviewed-object.ts';
import type { SuiteCase, SuiteTest } from './parse-suite.ts';
import type { CaseResult, SuiteResult, TestResult } from './suite-result.ts';
import type { RunningTemplate, TemplateEngines } from './template-engines.ts';

export interface RunOptions {
  readonly engines: TemplateEngines;
  readonly filter: SuiteFilter;
}

/** Something in a suite or its files is wrong; the message says what. */
class SuiteFault extends Error {
  override readonly name = 'SuiteFault';
}

/** Longer than the deadline of the webhook: a machine that runs tests is busy. */
const DEADLINE_MS = 5000;

/** Runs one suite; what is wrong with its files is a result, too. */
export async function runSuite(
  { file, path, suite }: FoundSuite,
  options: RunOptions,
): Promise<SuiteResult> {
  const startedAtMs = systemClock.monotonicMs();
  if (suite.skip) return { path, skipped: true, tests: [], durationMs: 0 };
  const tests: TestResult[] = [];
  for (const test of suite.tests ?? []) tests.push(await runTest(test, dirname(file), options));
  return { path, skipped: false, tests, durationMs: since(startedAtMs) };
}

async function runTest(test: SuiteTest, folder: string, options: RunOptions): Promise<TestResult> {
  const { name } = test;
  if (test.skip || !options.filter.matchesTest(test)) {
    return { name, skipped: true, cases: [], durationMs: 0 };
  }
  const startedAtMs = systemClock.monotonicMs();
  let cases: readonly CaseResult[] = [];
  const problem = await tellProblem(async () => {
    cases = await runCases(test, folder, options);
    return undefined;
  });
  return { name, skipped: false, cases, problem, durationMs: since(startedAtMs) };
}

async function runCases(
  test: SuiteTest,
  folder: string,
  { engines, filter }: RunOptions,
): Promise<readonly CaseResult[]> {
  const template = await readTemplate(folder, test.template);
  const running = await engines.find(template);
  const parsed = parseConstraint(await readConstraint(folder, test.constraint), template);
  if (test.invalid) {
    if (!parsed.ok && parsed.fault === 'schema') return [];
    const instead = parsed.ok ? 'none' : parsed.problems.join('; ');
    throw new SuiteFault(
      `constraint should have failed schema validation: got error ${instead} but want schema validation failed`,
    );
  }
  if (!parsed.ok) {
    const kind = parsed.fault === 'schema' ? 'schema validation failed' : 'invalid Constraint';
    throw new SuiteFault(`adding constraint: ${kind}: ${parsed.problems.join('; ')}`);
  }
  refuseExpansion(test);
  const results: CaseResult[] = [];
  for (const one of test.cases ?? []) {
    const isAsked = !one.skip && filter.matchesCase(test.name, one.name);
    results.push(
      isAsked
        ? await runCase(one, { folder, running, constraint: parsed.constraint })
        : { name: one.name, skipped: true, durationMs: 0 },
    );
  }
  return results;
}

/** Generated objects are those of another part of Gatekeeper. */
function refuseExpansion({ expansion }: SuiteTest): void {
  if (expansion === '') return;
  throw new SuiteFault(
    `expansion: "${expansion}" is an ExpansionTemplate, which Holdfast does not run: it judges the Pods themselves`,
  );
}

interface CaseParts {
  readonly folder: string;
  readonly running: RunningTemplate;
  readonly constraint: ParsedConstraint;
}

async function runCase(one: SuiteCase, parts: CaseParts): Promise<CaseResult> {
  const startedAtMs = systemClock.monotonicMs();
  const problem = await tellProblem(async () => findProblem(one, parts));
  const { name } = one;
  return { name, skipped: false, problem, durationMs: since(startedAtMs) };
}

async function findProblem(
  one: SuiteCase,
  { folder, running, constraint }: CaseParts,
): Promise<string | undefined> {
  const assertions = one.assertions ?? [];
  if (one.object === '') throw new SuiteFault('invalid Case: must define object');
  if (assertions.length === 0) {
    throw new SuiteFault('invalid Case: assertions must be non-empty');
  }
  const objects = await readObjects(join(folder, one.object));
  const [object] = objects;
  if (object === undefined || objects.length > 1) {
    throw new SuiteFault(
      `object file must contain exactly one object: "${one.object}" defines ${objects.length} objects`,
    );
  }
  const inventory: KubernetesObject[] = [];
  for (const path of one.inventory ?? []) {
    inventory.push(...(await readObjects(join(folder, path))).map(checkInventory));
  }
  const review = parseReviewedObject(object);
  if (!review.ok) throw new SuiteFault(review.problem);
  const policy = describe(running, constraint);
  if (policy === undefined) return firstProblem(assertions, []);
  const { engine } = running;
  const verdict = await judgeCase({ engine, policy, request: review.request, inventory });
  return verdict.ok ? firstProblem(assertions, verdict.messages) : verdict.problem;
}

/** What is in the inventory has a place there. */
function checkInventory(object: KubernetesObject): KubernetesObject {
  const { apiVersion = '', kind, metadata } = object;
  if (apiVersion !== '') return object;
  throw new SuiteFault(
    `unable to add object to data.inventory: ${kind} ${metadata?.name} has no apiVersion`,
  );
}

/** `undefined` where the constraint does not act in suites. */
function describe(
  { prepared }: RunningTemplate,
  constraint: ParsedConstraint,
): PolicyDescriptor | undefined {
  if (constraint.actionAt('gator.gatekeeper.sh') === 'none') return undefined;
  const described = describeConstraint(prepared, constraint, { mode: 'enforce', inventory: [] });
  return { ...described, deadlineMs: DEADLINE_MS };
}

function firstProblem(
  assertions: NonNullable<SuiteCase['assertions']>,
  messages: readonly string[],
): string | undefined {
  for (const assertion of assertions) {
    const problem = decideAssertion(assertion, messages);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

async function readTemplate(folder: string, path: string): Promise<Template> {
  if (path === '') throw new SuiteFault('invalid Suite: missing template');
  const document = await readFirst(join(folder, path));
  if (!isTemplate(document)) throw new SuiteFault(`"${path}": not a ConstraintTemplate`);
  const parsed = parseTemplate(document);
  if (parsed.ok) return parsed.template;
  throw new SuiteFault(`adding template: ${parsed.problems.join('; ')}`);
}

async function readConstraint(folder: string, path: string): Promise<unknown> {
  if (path === '') throw new SuiteFault('invalid Suite: missing constraint');
  const document = await readFirst(join(folder, path));
  if (constraintKind(document) === undefined) throw new SuiteFault(`"${path}": not a Constraint`);
  return document;
}

async function readFirst(file: string): Promise<unknown> {
  const parsed = parseObject(await readText(file));
  if (parsed.ok) return parsed.objects[0];
  throw new SuiteFault(`invalid yaml: "${file}": ${parsed.problem}`);
}

async function readObjects(file: string): Promise<readonly KubernetesObject[]> {
  const parsed = parseObjects(await readText(file));
  if (!parsed.ok) throw new SuiteFault(`reading "${file}": invalid yaml: ${parsed.problem}`);
  if (parsed.objects.length > 0) return parsed.objects;
  throw new SuiteFault(`missing objects: path "${file}" defines no YAML objects`);
}

/** A fault of the files is the problem of the test that names them. */
async function tellProblem(run: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await run();
  } catch (fault) {
    return errorText(fault);
  }
}

function since(startedAtMs: number): number {
  return systemClock.monotonicMs() - startedAtMs;
}
