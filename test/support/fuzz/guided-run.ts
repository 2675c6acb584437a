/**
 * Asks a parser for inputs that lead on from each other: one that takes a path that none before did becomes a seed itself. So the random
 * changes get past one condition after the other, where from the first seeds they would have to hit all of them at once.
 */
import { seededRandom } from '../seeded-random.ts';
import { isJson, type FuzzTarget } from './fuzz-target.ts';
import { mutateBytes, mutateJson } from './mutate-bytes.ts';
import type { PathCoverage } from './path-coverage.ts';
import { findProblem } from './run-target.ts';

export interface GuidedRun {
  /** What broke a promise, with the command that repeats it; the run ends there. */
  readonly failure: string | undefined;
  readonly inputs: number;
  /** Inputs that led on. */
  readonly kept: number;
  /** Paths through functions that the first seeds take, and those that all inputs take. */
  readonly pathsBefore: number;
  readonly paths: number;
}

export interface GuidedOptions {
  readonly coverage: PathCoverage;
  /** Of the random number generator. */
  readonly seed: number;
  readonly count: number;
}

/** Asks for so many inputs; the same seed leads to the same ones. */
export function fuzzGuided(
  target: FuzzTarget,
  { coverage, seed, count }: GuidedOptions,
): GuidedRun {
  const draw = seededRandom(seed);
  const { name, form = 'bytes' } = target;
  const corpus: Buffer[] = target.seeds.map((each) => Buffer.from(each));
  const taken = new Set<string>();
  const ask = (
    input: Buffer,
  ): { readonly problem: string | undefined; readonly isNew: boolean } => {
    let problem: string | undefined;
    const before = taken.size;
    const paths = coverage.pathsOf(() => {
      problem = findProblem(target, input);
    });
    for (const path of paths) taken.add(path);
    return { problem, isNew: taken.size > before };
  };
  for (const input of corpus) ask(input);
  const [first, pathsBefore] = [corpus.length, taken.size];
  let inputs = 0;
  let failure: string | undefined;
  for (; inputs < count && failure === undefined; inputs += 1) {
    const input = form === 'json' ? mutateJson(corpus, draw) : mutateBytes(corpus, draw);
    const { problem, isNew } = ask(input);
    if (problem !== undefined) failure = `${problem}. To repeat it: ${commandOf(name, input)}`;
    // What is no JSON cannot be changed as a document.
    else if (isNew && (form === 'bytes' || isJson(input.toString()))) corpus.push(input);
  }
  return { failure, inputs, kept: corpus.length - first, pathsBefore, paths: taken.size };
}

/** Inputs depend on those before: the command has the whole one. */
function commandOf(name: string, input: Buffer): string {
  return `node test/support/fuzz/fuzz-runs.ts ${name} base64:${input.toString('base64')}`;
}
