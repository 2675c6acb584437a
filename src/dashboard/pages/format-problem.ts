/** A page that is not there, or cannot be shown now. */
import type { ErrorCode } from '../../errors.ts';
import { describeError } from '../../errors.ts';
import type { Viewer } from '../access/viewer.ts';
import { markup, type Html } from '../http/html.ts';
import { formatLayout, type Place } from './format-layout.ts';

export interface ProblemPage extends Place {
  readonly viewer?: Viewer | undefined;
  readonly code: ErrorCode;
  /** What happened here. @default the meaning of the code */
  readonly message?: string | undefined;
}

/** With the remedy of the code. */
export function formatProblem({ code, message, viewer, ...place }: ProblemPage): Html {
  const { meaning, remedy } = describeError(code);
  return formatLayout(
    { ...place, viewer, title: 'Not shown' },
    markup`<p class="problem" role="alert">${message ?? meaning} (${code})</p>
<p>${remedy}</p>`,
  );
}
