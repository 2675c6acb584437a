/** The page of attempts, the newest first. A script adds what happens; without it the page is loaded again. */
import { DECISION_KINDS } from '../../audit/classify-decision.ts';
import type { Viewer } from '../access/viewer.ts';
import { markup, type Html } from '../http/html.ts';
import type { AttemptLine } from '../records/format-attempt.ts';
import { formatListQuery } from '../records/format-list-query.ts';
import type { ListFilters, ListQuery } from '../records/parse-list-query.ts';
import type { RecordPage } from '../records/record-reader.ts';
import { formatMoment } from './format-age.ts';
import { formatLayout, type Place } from './format-layout.ts';

export interface LivePage extends Place {
  readonly viewer: Viewer;
  readonly query: ListQuery;
  readonly page: RecordPage;
  /** The newest entry when the page was made: the stream goes on behind it. */
  readonly newest: number;
  readonly nowMs: number;
}

/** The columns of a line, by the names that the script fills. */
const COLUMNS = [
  ['time', 'Time'],
  ['decision', 'Decision'],
  ['code', 'Code'],
  ['user', 'User'],
  ['operation', 'Operation'],
  ['object', 'Object'],
  ['policies', 'Policies'],
] as const;

/** The newest page follows what happens; pages of older records do not change. */
export function formatLive({ query, page, newest, nowMs, ...layout }: LivePage): Html {
  const isNewest = query.before === undefined;
  return formatLayout(
    { ...layout, title: isNewest ? 'Live' : 'Older records', current: '/', isLive: isNewest },
    markup`
${formatFilters(query.filters)}
<p class="state"><span id="state">As of ${formatMoment(nowMs)}.</span> <a href="/${formatListQuery({ ...query, before: undefined })}">${isNewest ? 'Load again' : 'Newest'}</a></p>
<table class="records" role="table" id="records"${isNewest && markup` data-events="/live/events${formatListQuery(query)}" data-newest="${newest}"`}>
<thead role="rowgroup"><tr role="row">${COLUMNS.map(([, name]) => markup`<th scope="col" role="columnheader">${name}</th>`)}</tr></thead>
<tbody role="rowgroup">
${page.lines.map(formatLine)}
</tbody>
</table>
<p id="nothing"${page.lines.length > 0 && markup` hidden`}>No record that you may see matches.</p>
${page.isCutOff && markup`<p class="problem">The search took too long and was ended: older records were not looked at. Filter by a namespace or a user, or run <code>holdfast audit query</code>.</p>`}
${page.olderBefore !== undefined && markup`<p><a rel="next" href="/${formatListQuery({ ...query, before: page.olderBefore })}">Older records</a></p>`}`,
  );
}

/** The script makes the same row, from the texts alone. */
function formatLine(line: AttemptLine): Html {
  const cells = COLUMNS.map(
    ([name, label]) =>
      markup`<td role="cell" data-label="${label}" data-name="${name}">${formatCell(name, line)}</td>`,
  );
  return markup`<tr role="row" data-decision="${line.decision}">${cells}</tr>
`;
}

function formatCell(name: (typeof COLUMNS)[number][0], line: AttemptLine): Html {
  switch (name) {
    case 'time':
      return markup`<a href="/decisions/${line.decisionId}"><time datetime="${line.time}">${line.time.slice(0, 19).replace('T', ' ')}</time></a>`;
    case 'decision':
      return markup`<span class="verdict ${line.decision}">${line.decision} ${line.count}</span>`;
    case 'code':
    case 'user':
    case 'operation':
    case 'object':
    case 'policies':
      return markup`${line[name]}`;
  }
}

function formatFilters(filters: ListFilters): Html {
  const options = DECISION_KINDS.map(
    (kind) => markup`<option${kind === filters.decision && markup` selected`}>${kind}</option>`,
  );
  const texts = (['namespace', 'user', 'policy', 'code'] as const).map(
    (name) =>
      markup`<label>${name}<input name="${name}" value="${filters[name]}" autocomplete="off" spellcheck="false"></label>`,
  );
  return markup`<form class="filters" role="search" method="get" action="/" aria-label="Filters">
<label>decision<select name="decision"><option value="">any</option>${options}</select></label>
${texts}
<button>Filter</button>
</form>`;
}
