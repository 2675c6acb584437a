/** Tests mirror the sources one to one. */
import type { SourceFile } from './source-file.ts';

/** `deploy/` holds YAML: its tests are named after what they look at. */
const OUTSIDE_SOURCES = 'test/unit/deploy/';

/** A function or class that other files can call; tables and types have nothing to run. */
const EXPORTS_BEHAVIOUR = /^export (?:async )?(?:function|class|abstract class)\b/m;

export interface CoveredElsewhere {
  /** The test file that covers it, relative to the root. */
  readonly test: string;
  readonly why: string;
}

/** Sources without their test, tests without their source, and stale entries of the table. */
export function findMirrorViolations(
  files: readonly SourceFile[],
  elsewhere: Readonly<Record<string, CoveredElsewhere>>,
): readonly string[] {
  const paths = new Set(files.map(({ path }) => path));
  const missing = files
    .filter(({ path, code }) => path.startsWith('src/') && EXPORTS_BEHAVIOUR.test(code))
    .filter(({ path }) => !paths.has(testOf(path)) && elsewhere[path] === undefined)
    .map(
      ({ path }) =>
        `${path}: write ${testOf(path)}, or name the test that covers it in test/support/tidy/covered-elsewhere.ts`,
    );
  const orphans = [...paths]
    .filter((path) => path.startsWith('test/unit/') && path.endsWith('.test.ts'))
    .filter((path) => !path.startsWith(OUTSIDE_SOURCES))
    .filter(
      (path) => !paths.has(sourceOf(path)) && !paths.has(sourceOf(path).replace(/\.ts$/, '.mjs')),
    )
    .map(
      (path) =>
        `${path}: ${sourceOf(path)} does not exist: move the test with its source, or remove it`,
    );
  const stale = Object.entries(elsewhere).flatMap(([path, { test }]) => {
    if (!paths.has(path)) return [`${path} is in the table of tests elsewhere but does not exist`];
    if (paths.has(testOf(path))) return [`${path} has its own test: remove it from the table`];
    return paths.has(test) ? [] : [`${path} says that ${test} covers it, which does not exist`];
  });
  return [...missing, ...orphans, ...stale];
}

function testOf(path: string): string {
  return path.replace(/^src\//, 'test/unit/').replace(/\.(?:ts|mjs)$/, '.test.ts');
}

function sourceOf(path: string): string {
  return path.replace(/^test\/unit\//, 'src/').replace(/\.test\.ts$/, '.ts');
}
