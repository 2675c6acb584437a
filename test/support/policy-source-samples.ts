/** Sources of one policy that are told good from bad when a bundle is built from them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { HoldfastError } from '../../src/errors.ts';
import { buildBundle } from '../../src/authoring/build-bundle.ts';
import { ensureOpa, type OpaLocation } from '../../src/authoring/opa-binary.ts';
import { policyText } from './policy-bundles.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

const SAMPLE = 'sample/sample.rego';
/** The row of the first line of a sample's code. */
const ROW = 10;

/** A policy's code, and that of a library which it may import as `data.holdfast.lib.words`. */
export interface Sample {
  readonly states: string;
  readonly code: readonly string[];
  readonly library?: readonly string[];
}

export interface BadSample extends Sample {
  /** Each with its place: rows of the code count from 1. */
  readonly problems: readonly (readonly [row: number, problem: string])[];
}

function sourcesOf({ code, library }: Sample): Readonly<Record<string, string>> {
  return {
    [SAMPLE]: policyText({ body: code.join('\n') }),
    ...(library && {
      'lib/words.rego': `package holdfast.lib.words\n\n${library.join('\n')}\n`,
    }),
  };
}

/** Declares a test for each sample. */
export function describeBuild(bad: readonly BadSample[], good: readonly Sample[]): void {
  describe('buildBundle()', () => {
    let opa: OpaLocation;
    before(async () => {
      opa = await ensureOpa({ cacheFolder: cacheFolder() });
    });

    async function build(test: TestContext, sample: Sample): Promise<void> {
      const sourceFolder = await makeTemporaryFolder(test, sourcesOf(sample));
      await buildBundle({ sourceFolder, output: join(sourceFolder, 'out'), opa });
    }

    for (const sample of bad) {
      it(`refuses ${sample.states}, with its place and what to do`, async (test) => {
        const expected = sample.problems.map(
          ([row, problem]) => `${SAMPLE}:${String(ROW + row - 1)}: ${problem}`,
        );

        await assert.rejects(build(test, sample), (fault: unknown) => {
          assert.ok(fault instanceof HoldfastError);
          assert.equal(fault.code, 'policy_source_invalid');
          assert.deepEqual(fault.message.trim().split('\n'), expected);
          return true;
        });
      });
    }

    for (const sample of good) {
      it(`takes ${sample.states}`, async (test) => {
        await build(test, sample);
      });
    }
  });
}
