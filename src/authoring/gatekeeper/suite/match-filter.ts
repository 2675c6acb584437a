/**
 * `--run`: which tests and cases run. `a//b` is tests that match `a`, and of these the cases that match `b`; without `//`, whatever
 * matches by the name of the test or of the case. Source: Gatekeeper 3.23, pkg/gator/verify, Filter.
 */
import { matchGoPattern } from '../match-go-pattern.ts';
import type { SuiteTest } from './parse-suite.ts';

export interface SuiteFilter {
  readonly matchesTest: (test: SuiteTest) => boolean;
  readonly matchesCase: (testName: string, caseName: string) => boolean;
}

/** A message where it is no filter. Throws `argument_invalid` where a part is no regular expression. */
export function parseFilter(text: string): SuiteFilter | string {
  const [first = '', second, ...more] = text.split('//');
  if (more.length > 0) return 'a filter has at most one "//"';
  const isTest = matchGoPattern(first);
  if (second !== undefined) {
    const isCase = matchGoPattern(second);
    return {
      matchesTest: ({ name }) => isTest(name),
      matchesCase: (testName, caseName) => isCase(caseName) && isTest(testName),
    };
  }
  const matchesCase: SuiteFilter['matchesCase'] = (testName, caseName) =>
    isTest(caseName) || isTest(testName);
  return {
    matchesTest: ({ name, cases }) =>
      isTest(name) || (cases ?? []).some((asked) => matchesCase(name, asked.name)),
    matchesCase,
  };
}
