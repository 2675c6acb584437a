/** The page of a decision: who, what, why, and the chain behind the object. */
import { classifyDecision, shownVerdict } from '../../audit/classify-decision.ts';
import { formatPlace, formatResource } from '../../kubernetes/object-reference.ts';
import type { Viewer } from '../access/viewer.ts';
import { markup, type Html, type HtmlValue } from '../http/html.ts';
import type { FullRecord } from '../records/full-record.ts';
import type { FoundRecord } from '../records/record-reader.ts';
import { formatChain } from './format-chain.ts';
import { formatCommands } from './format-commands.ts';
import { formatLayout, type Place } from './format-layout.ts';

export interface DecisionPage extends Place {
  readonly viewer: Viewer;
  /** Of the same decision, the oldest first; at least one. */
  readonly records: readonly [FoundRecord, ...FoundRecord[]];
}

/** Further records of a decision are refusals that were counted after it. */
export function formatDecision({ records, ...layout }: DecisionPage): Html {
  const [first, ...counted] = records;
  const { stored, full } = first;
  return formatLayout(
    { ...layout, title: `Decision ${stored.decisionId}` },
    markup`
${formatSummary(first)}
${counted.length > 0 && markup`<p>${counted.map(({ stored: part }) => part.folded?.count ?? 1).reduce((sum, count) => sum + count, 0)} further refusals were counted in this decision.</p>`}
${full === undefined ? markup`<p class="problem">This record has another form than this version writes: read it with <code>holdfast audit query</code>.</p>` : formatParts(full)}
<h2>Go on</h2>
${formatCommands(first).map(({ purpose, line }) => markup`<p>${purpose}</p><pre tabindex="0" aria-label="${purpose}"><code>${line}</code></pre>`)}
<h2>Proof</h2>
<dl>${row('Entry', `${first.sequence} of the journal of replica ${stored.replica}`)}${row('Hash', markup`<code>${first.hash}</code>`)}${row('Policies', markup`<code>${stored.policyRevision}</code>`)}${row('Configuration', markup`<code>${stored.configurationHash}</code>`)}</dl>`,
  );
}

function formatSummary({ stored }: FoundRecord): Html {
  const { code, message } = shownVerdict(stored);
  const { object, operation, dryRun, user, time, wouldDeny } = stored;
  const kind = classifyDecision(stored);
  return markup`<p class="lead"><span class="verdict ${kind}">${kind}</span> ${wouldDeny !== undefined && 'would be refused in the mode enforce: '}<code>${code}</code></p>
<dl>
${row('When', markup`<time datetime="${time}">${time}</time>`)}
${row('Who', user.username)}
${row('What', `${operation} ${formatResource(object)}${object.subresource && `/${object.subresource}`}${dryRun ? ' (dry run)' : ''}`)}
${row('Object', formatPlace(object))}
${row('Message', message !== '' && markup`<span class="message">${message}</span>`)}
</dl>`;
}

function formatParts(record: FullRecord): Html {
  return markup`<h2>Who asked</h2>
${formatActor(record)}
<h2>What changes</h2>
${formatChange(record)}
<h2>Policies</h2>
${formatPolicies(record)}
<h2>Where it comes from</h2>
<ol class="chain">${formatChain(record).map(({ name, text, verdict, said }) => markup`<li class="${verdict}"><strong>${name}</strong> <span class="value">${text}</span> <span class="said">${said}</span></li>`)}</ol>
${record.grant !== undefined && formatGrant(record.grant)}
${record.cut !== undefined && markup`<p>Parts of this record were cut to its size limit: ${record.cut.join(', ')}.</p>`}`;
}

function formatActor({ actor, user, initiatedBy, durationMs, timings }: FullRecord): Html {
  return markup`<dl>
${row('Class', actor?.class)}
${row('Proof', actor && `${actor.proof.grade}, ${actor.proof.sufficient ? 'sufficient' : 'not sufficient'}: ${actor.proof.reason}`)}
${row('Weakness', actor?.proof.weakness)}
${row('Credential', actor?.credential && `${actor.credential.kind}, ${actor.credential.status}`)}
${row('Groups', user.groups.join(', ') || false)}
${row('Asked Argo CD for it', initiatedBy && `${initiatedBy.username || 'Argo CD itself'} (a claim that nobody has proven)`)}
${row('Took', `${durationMs.toFixed(1)} ms${timings === undefined ? '' : `: facts ${timings.gatherMs.toFixed(1)} ms, policies ${timings.evaluateMs.toFixed(1)} ms`}`)}
</dl>`;
}

function formatChange({ change }: FullRecord): Html {
  if (change === undefined) return markup`<p>The record has no fields.</p>`;
  if (change.paths.length === 0) return markup`<p>Nothing but bookkeeping fields.</p>`;
  return markup`<ul class="diff">${change.paths.map(
    ({
      path,
      kind,
      from,
      to,
      owner,
      gitOwned,
    }) => markup`<li class="${kind}"><code class="path">${path}</code> <span class="kind">${kind}</span>
${from !== undefined && markup`<del><span class="sign" aria-hidden="true">− </span>${from}</del>`}
${to !== undefined && markup`<ins><span class="sign" aria-hidden="true">+ </span>${to}</ins>`}
${(owner !== undefined || gitOwned === true) && markup`<span class="owner">${owner !== undefined && `owned by ${owner}`}${gitOwned === true && ' (declared in Git)'}</span>`}</li>`,
  )}</ul>
${change.truncated && markup`<p>More changed than is listed.</p>`}`;
}

function formatPolicies({ policies }: FullRecord): Html {
  if (policies.length === 0) return markup`<p>No policy was evaluated.</p>`;
  return markup`<ul class="policies">${policies.map(
    ({ policy, mode, status, codes, wouldDeny }) =>
      markup`<li><span class="verdict ${status}">${status}</span> <a href="/?policy=${encodeURIComponent(policy)}">${policy}</a> <span class="said">${[mode, ...codes, wouldDeny === true && 'would refuse'].filter(Boolean).join(', ')}</span></li>`,
  )}</ul>`;
}

function formatGrant({
  id,
  subject,
  reason,
  ticket,
  expires,
  approvers,
  use,
  usesLeft,
}: NonNullable<FullRecord['grant']>): Html {
  return markup`<h2>Break-glass grant</h2>
<dl>${row('Grant', id)}${row('For', subject)}${row('Reason', reason)}${row('Ticket', ticket || false)}${row('Approved by', approvers.join(', '))}${row('Ends', expires)}${row('Use', `${use}, ${usesLeft} left`)}</dl>`;
}

function row(name: string, value: HtmlValue): Html {
  if (value === undefined || value === false) return markup``;
  return markup`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}
