/** An Application of Argo CD as all that admission reads of it, parsed once. */
import {
  parseComparisonParameters,
  type ParsedComparison,
} from './manifest/parse-comparison-parameters.ts';
import { parseApplication, type ParsedApplication } from './parse-application.ts';
import {
  parseApplicationSources,
  type ParsedApplicationSources,
} from './parse-application-sources.ts';

/** Each part stands for itself: one that is malformed does not hide another. */
export interface ApplicationReading {
  /** What policies read of it. */
  readonly source: ParsedApplication;
  /** Its sources, and the revisions that its status claims. */
  readonly sources: ParsedApplicationSources;
  /** What its objects are compared by. */
  readonly comparison: ParsedComparison;
}

/** Never throws. */
export function readApplication(object: unknown): ApplicationReading {
  return {
    source: parseApplication(object),
    sources: parseApplicationSources(object),
    comparison: parseComparisonParameters(object),
  };
}
