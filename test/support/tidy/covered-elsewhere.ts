/** Sources whose test has another name, each with its reason. An entry that nothing needs fails the test. */
import type { CoveredElsewhere } from './mirrors.ts';

export const COVERED_ELSEWHERE: Readonly<Record<string, CoveredElsewhere>> = {};
