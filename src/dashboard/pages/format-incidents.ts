/** The page of open incidents, as this replica counts them. */
import type { Incident } from '../../alerting/incident.ts';
import type { Viewer } from '../access/viewer.ts';
import { markup, type Html } from '../http/html.ts';
import { formatAge, formatMoment } from './format-age.ts';
import { formatLayout, type Place } from './format-layout.ts';

export interface IncidentsPage extends Place {
  readonly viewer: Viewer;
  readonly incidents: readonly Incident[];
  /** Whether alert targets are configured: else there are no incidents. */
  readonly isConfigured: boolean;
  readonly nowMs: number;
}

/** The newest first. */
export function formatIncidents({
  incidents,
  isConfigured,
  nowMs,
  ...layout
}: IncidentsPage): Html {
  return formatLayout(
    { ...layout, title: 'Incidents', current: '/incidents' },
    markup`<p class="state">As of ${formatMoment(nowMs)}.</p>
${!isConfigured && markup`<p>No alert target is configured, so that no incident is opened: see <code>alerts.targets</code>.</p>`}
${isConfigured && incidents.length === 0 && markup`<p>No incident that you may see is open.</p>`}
<ul class="incidents">${incidents.map((incident) => formatIncident(incident, nowMs))}</ul>`,
  );
}

function formatIncident(
  {
    severity,
    rule,
    class: kind,
    count,
    last,
    objects,
    acknowledged,
    openedAtMs,
    quietSinceMs,
  }: Incident,
  nowMs: number,
): Html {
  const attempts = count === 1 ? '1 attempt' : `${count} attempts`;
  return markup`<li>
<p><span class="verdict ${severity}">${severity}</span> <strong>${rule}</strong> (${kind})${acknowledged && ', acknowledged'}</p>
<p>${last.username}: ${last.operation} ${last.object}, <code>${last.code}</code></p>
<p>${attempts}, opened ${formatAge(nowMs - openedAtMs)} ago, the last ${formatAge(nowMs - quietSinceMs)} ago: <a href="/decisions/${last.decisionId}">decision ${last.decisionId}</a></p>
<p class="said">${Object.entries(objects)
    .map(([object, state]) => (state === 'healed' ? `${object} (healed)` : object))
    .join(', ')}</p>
</li>`;
}
