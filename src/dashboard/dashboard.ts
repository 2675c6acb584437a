/** The dashboard: which request gets which answer. No request changes anything but the session of who sends it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../base/clock.ts';
import { Semaphore } from '../base/semaphore.ts';
import { describeError, HoldfastError, type ErrorCode } from '../errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { NamespaceAccess } from './access/namespace-access.ts';
import { Sessions, type Session } from './access/sessions.ts';
import { SignIn } from './access/sign-in.ts';
import type { ReviewAccess, ReviewToken, Viewer } from './access/viewer.ts';
import { pageAnswer, redirectAnswer, securityHeaders, type Answer } from './http/answer.ts';
import { parseSessionCookie } from './http/cookie.ts';
import { parseFormOrigin, parseHost } from './http/parse-origin.ts';
import { readForm } from './http/read-form.ts';
import { EventStream } from './live/event-stream.ts';
import { EventStreams, type NewestEntry } from './live/event-streams.ts';
import { LIVE_SCRIPT } from './live/live-script.ts';
import type { Place } from './pages/format-layout.ts';
import { formatProblem } from './pages/format-problem.ts';
import { PageAnswers } from './pages/page-answers.ts';
import { STYLE } from './pages/style.ts';
import { parseEntryFilter, parseListQuery, parseSequence } from './records/parse-list-query.ts';
import { RecordReader } from './records/record-reader.ts';
import { DASHBOARD_LIMITS, type DashboardSettings } from './settings.ts';

const PAGES_MAX = DASHBOARD_LIMITS['dashboard.concurrentPagesMax'].default;
const URL_CHARS_MAX = DASHBOARD_LIMITS['dashboard.urlCharactersMax'].default;
/** A page takes milliseconds: who waits longer is told to come again. */
const WAIT_MS = 1000;
/** As many as there are people with streams. */
const WAITING_MAX = 64;

export interface DashboardOptions extends Place {
  readonly settings: DashboardSettings;
  /** The folder of the journal. */
  readonly folder: string;
  readonly sinkNames: readonly string[];
  readonly hasAlertTargets: boolean;
}

export interface DashboardDependencies {
  readonly newest: NewestEntry;
  readonly reviewToken: ReviewToken;
  readonly reviewAccess: ReviewAccess;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What is known of a request before anything is looked up for it. */
interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly isSecure: boolean;
  readonly sessionId: string | undefined;
}

/** Handles the requests of one listener. */
export class Dashboard {
  readonly #options: DashboardOptions;
  readonly #dependencies: DashboardDependencies;
  readonly #place: Place;
  readonly #access: NamespaceAccess;
  readonly #sessions: Sessions;
  readonly #records: RecordReader;
  readonly #pages: PageAnswers;
  readonly #signIn: SignIn;
  readonly #streams: EventStreams;
  readonly #permits = new Semaphore({ runningMax: PAGES_MAX, waitingMax: WAITING_MAX });

  constructor(options: DashboardOptions, dependencies: DashboardDependencies) {
    const { folder, settings, cluster, replica } = options;
    const { clock, metrics, newest, reviewToken, reviewAccess } = dependencies;
    this.#options = options;
    this.#dependencies = dependencies;
    this.#place = { cluster, replica };
    const { sessionMs } = settings;
    this.#access = new NamespaceAccess(reviewAccess, clock);
    this.#sessions = new Sessions({ clock, lifeMs: sessionMs, reviewToken });
    this.#records = new RecordReader(folder, this.#access);
    this.#streams = new EventStreams(newest);
    this.#pages = new PageAnswers({
      ...options,
      place: this.#place,
      access: this.#access,
      records: this.#records,
      newest,
      clock,
    });
    this.#signIn = new SignIn({
      place: this.#place,
      sessionMs,
      sessions: this.#sessions,
      reviewToken,
      clock,
      metrics,
    });
  }

  /** For gauges. */
  get counts(): { readonly sessions: number; readonly streams: number } {
    return { sessions: this.#sessions.size, streams: this.#streams.size };
  }

  /** Answers a request, whatever happens. */
  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    void this.#handle(request, response);
  };

  /** Ends all streams. */
  async close(): Promise<void> {
    await this.#streams.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const host = parseHost(request.headers, this.#options.settings.url);
    const isSecure = host === 'public' && this.#options.settings.url?.startsWith('https:') === true;
    const answer = await this.#answer(request, response, { host, isSecure }).catch(
      (fault: unknown) => this.#explain(fault),
    );
    if (answer === undefined) return;
    const { httpStatus, headers, body } = answer;
    this.#count(httpStatus);
    response.writeHead(httpStatus, { ...securityHeaders(isSecure), ...headers });
    response.end(body);
  }

  /** `undefined` where a stream has begun. */
  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    { host, isSecure }: { readonly host: string | undefined; readonly isSecure: boolean },
  ): Promise<Answer | undefined> {
    const target = request.url ?? '/';
    if (target.length > URL_CHARS_MAX) return this.#problem('dashboard_request_unreadable', 414);
    if (host === undefined) return this.#problem('dashboard_host_unknown', 421);
    const base = 'http://dashboard.invalid';
    if (!target.startsWith('/') || !URL.canParse(base + target)) {
      return this.#problem('dashboard_request_unreadable', 400);
    }
    const url = new URL(base + target);
    const sessionId = parseSessionCookie(request.headers.cookie, { isSecure });
    const asked: Asked = { request, response, url, isSecure, sessionId };
    switch (request.method) {
      case 'GET':
        return await this.#get(asked);
      case 'POST':
        return await this.#post(asked);
      case undefined:
      default:
        return this.#problem('dashboard_request_unreadable', 405);
    }
  }

  async #post({ request, url, isSecure, sessionId }: Asked): Promise<Answer> {
    if (!parseFormOrigin(request.headers, this.#options.settings.url)) {
      return this.#problem('dashboard_form_foreign', 403);
    }
    switch (url.pathname) {
      case '/sign-in': {
        const form = await readForm(request);
        if (form === undefined) return this.#problem('dashboard_request_unreadable', 400);
        return await this.#signIn.enter({ form, isSecure });
      }
      case '/sign-out':
        return this.#signIn.leave(sessionId, isSecure);
      default:
        return this.#problem('dashboard_page_unknown', 404);
    }
  }

  async #get(asked: Asked): Promise<Answer | undefined> {
    switch (asked.url.pathname) {
      case '/assets/style.css':
        return fileAnswer(STYLE, 'text/css');
      case '/assets/live.js':
        return fileAnswer(LIVE_SCRIPT, 'text/javascript');
      case '/sign-in':
        return this.#signIn.page(asked.url.searchParams.get('wayOn'));
      default:
        return await this.#getSignedIn(asked);
    }
  }

  async #getSignedIn(asked: Asked): Promise<Answer | undefined> {
    const { url, sessionId } = asked;
    const session = await this.#find(sessionId);
    if (session === undefined) return signInFirst(url);
    if (!session.rate.take(this.#dependencies.clock.monotonicMs())) return this.#busy(429);
    if (url.pathname === '/live/events') return this.#stream(asked);
    const acquisition = await this.#permits.acquire(WAIT_MS);
    if (acquisition !== 'acquired') return this.#busy(503);
    try {
      return await this.#page(url, session.viewer);
    } finally {
      this.#permits.release();
    }
  }

  async #page({ pathname, searchParams }: URL, viewer: Viewer): Promise<Answer> {
    const decision = /^\/decisions\/(?<id>[0-9A-Za-z]{1,64})$/u.exec(pathname)?.groups?.['id'];
    if (decision !== undefined) return await this.#pages.decision(viewer, decision);
    switch (pathname) {
      case '/':
        return await this.#pages.live(viewer, searchParams);
      case '/incidents':
        return await this.#pages.incidents(viewer);
      case '/journal':
        return await this.#pages.journal(viewer);
      default:
        return this.#problem('dashboard_page_unknown', 404);
    }
  }

  #stream({ request, response, url, isSecure, sessionId }: Asked): Answer | undefined {
    if (this.#streams.isFull) return this.#busy(503);
    const { searchParams } = url;
    const resumed = request.headers['last-event-id'];
    const after =
      parseSequence(typeof resumed === 'string' ? resumed : undefined) ??
      parseSequence(searchParams.get('after')) ??
      this.#dependencies.newest.value;
    this.#count(200);
    response.writeHead(200, {
      ...securityHeaders(isSecure),
      'content-type': 'text/event-stream; charset=utf-8',
      // Proxies must not collect events.
      'x-accel-buffering': 'no',
    });
    const stream = new EventStream({
      output: response,
      filter: parseEntryFilter(parseListQuery(searchParams).filters),
      after,
      session: () => this.#find(sessionId),
      access: this.#access,
      read: (from, through, entriesMax) => this.#records.since(from, through, entriesMax),
    });
    response.on('close', () => {
      this.#streams.remove(stream);
    });
    this.#streams.add(stream);
    return undefined;
  }

  async #find(sessionId: string | undefined): Promise<Session | undefined> {
    return sessionId === undefined ? undefined : await this.#sessions.find(sessionId);
  }

  /** What is not our own fault says what to do; the rest goes to the log. */
  #explain(fault: unknown): Answer {
    if (fault instanceof HoldfastError) {
      return this.#problem(fault.code, describeError(fault.code).httpStatus ?? 503, fault.message);
    }
    this.#dependencies.logger.error('A page of the dashboard failed', { error: fault });
    return this.#problem('internal_error', 500);
  }

  #busy(httpStatus: 429 | 503): Answer {
    const { headers, ...answer } = this.#problem('dashboard_overloaded', httpStatus);
    return { ...answer, headers: { ...headers, 'retry-after': '1' } };
  }

  #problem(code: ErrorCode, httpStatus: number, message?: string): Answer {
    return pageAnswer(formatProblem({ ...this.#place, code, message }), { httpStatus });
  }

  #count(httpStatus: number): void {
    const status = String(httpStatus);
    this.#dependencies.metrics.increment('holdfast_dashboard_requests_total', { status });
  }
}

function signInFirst({ pathname, search }: URL): Answer {
  // A stream that has no session any more must not become a page.
  if (pathname === '/live/events') return { httpStatus: 401, headers: {}, body: '' };
  return redirectAnswer(`/sign-in?wayOn=${encodeURIComponent(pathname + search)}`);
}

function fileAnswer(body: string, type: string): Answer {
  return { httpStatus: 200, headers: { 'content-type': `${type}; charset=utf-8` }, body };
}
