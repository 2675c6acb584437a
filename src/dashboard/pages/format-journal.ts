/** The page of the journal: where its chain ends, what was checked, and how far its sinks are. */
import type { Viewer } from '../access/viewer.ts';
import { markup, type Html, type HtmlValue } from '../http/html.ts';
import type { JournalState } from '../records/journal-state.ts';
import { formatAge, formatMoment } from './format-age.ts';
import { formatLayout, type Place } from './format-layout.ts';

export interface JournalPage extends Place {
  readonly viewer: Viewer;
  readonly state: JournalState;
  readonly nowMs: number;
}

/** What nobody has verified here is not called verified. */
export function formatJournal({ state, nowMs, ...layout }: JournalPage): Html {
  const { chain, segments, firstSequence, lastSequence, lastHash, lastMs, head } = state;
  return formatLayout(
    { ...layout, title: 'Journal', current: '/journal' },
    markup`<p class="state">As of ${formatMoment(nowMs)}.</p>
<h2>Chain</h2>
<dl>
${row('Chain', chain)}
${row('Entries', `${firstSequence ?? 0} to ${lastSequence}, in ${segments} segments`)}
${row('Newest entry', lastMs !== undefined && `${formatAge(nowMs - lastMs)} ago`)}
${row('Its hash', lastHash !== undefined && markup`<code>${lastHash}</code>`)}
${row('Newest signed head', head && `of entry ${head.sequence}, ${head.time}`)}
</dl>
<h2>Verification</h2>
${formatChecked(state.checked)}
<p>Signatures, links between entries, and everything older are verified by:</p>
<pre tabindex="0" aria-label="Verify the journal"><code>holdfast audit verify</code></pre>
<h2>Sinks</h2>
${state.sinks.length === 0 ? markup`<p>No sink is configured.</p>` : markup`<dl>${state.sinks.map(({ name, behind }) => row(name, formatBehind(behind)))}</dl>`}`,
  );
}

function formatChecked(checked: JournalState['checked']): Html {
  return 'fault' in checked
    ? markup`<p class="problem" role="alert">${checked.fault}</p>`
    : markup`<p>The newest ${checked.entries} entries match their hashes.</p>`;
}

function formatBehind(behind: number | undefined): string {
  if (behind === undefined) return 'has not begun';
  return behind === 0 ? 'has everything' : `${behind} entries behind`;
}

function row(name: string, value: HtmlValue): Html {
  return markup`<div><dt>${name}</dt><dd>${value === undefined || value === false ? 'none' : value}</dd></div>`;
}
