/** Asks a parser for many inputs, and says of each that breaks a promise how to repeat it. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { WorkCounter } from '../count-work.ts';
import { seededRandom } from '../seeded-random.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { mutateBytes, mutateJson } from './mutate-bytes.ts';

export interface FuzzRun {
  /** One line for each input that broke a promise, with the command that repeats it. */
  readonly failures: readonly string[];
  readonly inputs: number;
  readonly inputBytes: number;
  /** Blocks of our own code, for all inputs together, each asked once. */
  readonly steps: number;
}

/** Failures beyond these say nothing new. */
const FAILURES_MAX = 5;

/** Asks for the inputs of `count` seeds, from `first` on. */
export function fuzzTarget(
  target: FuzzTarget,
  { first, count }: { readonly first: number; readonly count: number },
): FuzzRun {
  const inputs = Array.from({ length: count }, (_, number) => inputOf(target, first + number));
  const failures: string[] = [];
  for (const [number, input] of inputs.entries()) {
    const problem = findProblem(target, input);
    if (problem === undefined) continue;
    failures.push(`${problem}. To repeat it: ${commandOf(target, first + number)}`);
    if (failures.length >= FAILURES_MAX) break;
  }
  return {
    failures,
    inputs: inputs.length,
    inputBytes: inputs.reduce((sum, { length }) => sum + length, 0),
    steps: failures.length > 0 ? 0 : countSteps(target, inputs),
  };
}

/** The input of a seed. */
export function inputOf({ name, form = 'bytes', seeds }: FuzzTarget, seed: number): Buffer {
  // A seed alone would give all targets the same places.
  const own = Buffer.from(name).reduce((sum, byte) => (sum * 31 + byte) | 0, 7);
  const draw = seededRandom(own ^ Math.imul(seed + 1, 0x9e_37_79_b1));
  const corpus = seeds.map((each) => Buffer.from(each));
  return form === 'json' ? mutateJson(corpus, draw) : mutateBytes(corpus, draw);
}

/** What of the promises is broken: no other error than the declared one, the same answer twice, the input untouched, the target's own check. */
export function findProblem(target: FuzzTarget, input: Buffer): string | undefined {
  const given = Buffer.from(input);
  try {
    const once = ask(target, given);
    if (!given.equals(input)) return `${target.name} changed its input`;
    if (!isDeepStrictEqual(once, ask(target, given))) {
      return `${target.name} answered twice differently`;
    }
    if (!(once instanceof Error)) target.check?.(input, once);
    return undefined;
  } catch (fault) {
    const words = fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault);
    return `${target.name} threw ${words.slice(0, 300)}`;
  }
}

/** A declared error is an answer as any. */
function ask({ parse, throws }: FuzzTarget, input: Buffer): unknown {
  try {
    return parse(input);
  } catch (fault) {
    if (throws !== undefined && fault instanceof throws) return fault;
    throw fault;
  }
}

function countSteps(target: FuzzTarget, inputs: readonly Buffer[]): number {
  const counter = new WorkCounter();
  try {
    return counter.count(() => {
      for (const input of inputs) ask(target, input);
    });
  } finally {
    counter.close();
  }
}

function commandOf({ name }: FuzzTarget, seed: number): string {
  return `node test/support/fuzz/fuzz-runs.ts ${name} ${seed}`;
}

/** The most steps for so many inputs and bytes. Stops a parser whose work grows faster than what it reads. */
const STEPS_PER_INPUT = 5000;
const STEPS_PER_BYTE = 150;

/** Throws where a run broke a promise or did too much. */
export function assertSound(run: FuzzRun, name: string): void {
  assert.deepEqual(run.failures, []);
  const stepsMax = run.inputs * STEPS_PER_INPUT + run.inputBytes * STEPS_PER_BYTE;
  assert.ok(
    run.steps <= stepsMax,
    `${name} took ${run.steps} steps for ${run.inputBytes} bytes, more than ${stepsMax}`,
  );
}
