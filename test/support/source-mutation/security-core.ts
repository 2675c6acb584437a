/** What is mutated, which tests know it besides those of its folder, and what may survive. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listSourceMutants } from './list-source-mutants.ts';
import type { FileMutant } from './run-source-mutants.ts';

/** Who acts, whose an object is, what is decided, and the proof of it. */
export const SECURITY_CORE: readonly string[] = [
  'src/admission',
  'src/audit/journal',
  'src/audit/verify',
  'src/delivery',
  'src/identity',
  'src/ownership',
];

/** At least so many of a hundred mutants must fail a test. */
export const KILLED_PERCENT_MIN = 90;

/** Path of a source, or of its folder → tests that ask it through others. */
const MORE_TESTS: Readonly<Record<string, readonly string[]>> = {
  'src/audit/verify/': ['test/attack/journal-tampering-heads.test.ts'],
  'src/identity/presets/': ['test/integration/operator-presets.test.ts'],
};

/** Relative to the root. */
export function moreTestsOf(path: string): readonly string[] {
  return Object.entries(MORE_TESTS).flatMap(([place, tests]) =>
    path.startsWith(place) ? tests : [],
  );
}

/** All mutants of files and folders below the root, in the order of paths. */
export function readSourceMutants(root: string, places: readonly string[]): readonly FileMutant[] {
  return places
    .flatMap((place) =>
      place.endsWith('.ts') ? [place] : globSync(`${place}/**/*.ts`, { cwd: root }).toSorted(),
    )
    .flatMap((path) =>
      listSourceMutants(path, readFileSync(join(root, path), 'utf8')).map((mutant) => ({
        ...mutant,
        path,
      })),
    );
}

/** One line for people: the place, what was there, and what no test noticed in its place. */
export function describeMutant({ path, line, original, replacement }: FileMutant): string {
  return `${path}:${line}: ${shorten(original)} → ${shorten(replacement)}`;
}

const SHOWN_CHARACTERS = 100;

function shorten(code: string): string {
  const text = code.replaceAll(/\s+/gu, ' ');
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
