/** The pages of somebody who is signed in: what is read for each, and what becomes of it. */
import type { Clock } from '../../base/clock.ts';
import type { NamespaceAccess } from '../access/namespace-access.ts';
import type { Viewer } from '../access/viewer.ts';
import { pageAnswer, type Answer } from '../http/answer.ts';
import { readJournalState } from '../records/journal-state.ts';
import { parseEntryFilter, parseListQuery } from '../records/parse-list-query.ts';
import type { RecordReader } from '../records/record-reader.ts';
import { listVisibleIncidents } from '../records/visible-incidents.ts';
import { formatDecision } from './format-decision.ts';
import { formatIncidents } from './format-incidents.ts';
import { formatJournal } from './format-journal.ts';
import type { Place } from './format-layout.ts';
import { formatLive } from './format-live.ts';
import { formatProblem } from './format-problem.ts';

export interface PageDependencies {
  readonly place: Place;
  readonly folder: string;
  readonly sinkNames: readonly string[];
  readonly hasAlertTargets: boolean;
  readonly access: NamespaceAccess;
  readonly records: RecordReader;
  readonly newest: { readonly value: number };
  readonly clock: Clock;
}

/** Answers by path. All reject with a `HoldfastError` where the journal or the API server does not answer. */
export class PageAnswers {
  readonly #dependencies: PageDependencies;

  constructor(dependencies: PageDependencies) {
    this.#dependencies = dependencies;
  }

  async live(viewer: Viewer, parameters: URLSearchParams): Promise<Answer> {
    const { place, access, records, newest, clock } = this.#dependencies;
    const query = parseListQuery(parameters);
    const { namespace } = query.filters;
    if (namespace !== undefined && !(await access.maySee(viewer, namespace))) {
      return this.#notShown(viewer, namespace);
    }
    // Before the records are read: what comes meanwhile is sent again by the stream, and nothing is left out.
    const seen = newest.value;
    const before = query.before ?? seen + 1;
    const page = await records.list({ viewer, filter: parseEntryFilter(query.filters), before });
    return pageAnswer(
      formatLive({ ...place, viewer, query, page, newest: seen, nowMs: clock.wallMs() }),
    );
  }

  /** One that is not there and one that may not be seen are answered alike. */
  async decision(viewer: Viewer, decisionId: string): Promise<Answer> {
    const { place, records } = this.#dependencies;
    const [first, ...counted] = await records.decision(viewer, decisionId);
    if (first === undefined) {
      const message = `There is no record of the decision ${decisionId} that you may see in the journal of replica ${place.replica}`;
      const problem = { ...place, viewer, code: 'dashboard_record_absent', message } as const;
      return pageAnswer(formatProblem(problem), { httpStatus: 404 });
    }
    return pageAnswer(formatDecision({ ...place, viewer, records: [first, ...counted] }));
  }

  async incidents(viewer: Viewer): Promise<Answer> {
    const { place, access, folder, hasAlertTargets, clock } = this.#dependencies;
    const incidents = await listVisibleIncidents(folder, viewer, access);
    const nowMs = clock.wallMs();
    return pageAnswer(
      formatIncidents({ ...place, viewer, incidents, isConfigured: hasAlertTargets, nowMs }),
    );
  }

  /** It tells how much happens in all namespaces. */
  async journal(viewer: Viewer): Promise<Answer> {
    const { place, access, folder, sinkNames, clock } = this.#dependencies;
    if (!(await access.maySeeAll(viewer))) return this.#notShown(viewer, undefined);
    const state = await readJournalState(folder, sinkNames);
    return pageAnswer(formatJournal({ ...place, viewer, state, nowMs: clock.wallMs() }));
  }

  #notShown(viewer: Viewer, namespace: string | undefined): Answer {
    const where = namespace === undefined ? 'all namespaces' : `the namespace ${namespace}`;
    const message = `${viewer.username} may not get decisions.holdfast.dev in ${where}`;
    const { place } = this.#dependencies;
    const problem = { ...place, viewer, code: 'dashboard_access_denied', message } as const;
    return pageAnswer(formatProblem(problem), { httpStatus: 403 });
  }
}
