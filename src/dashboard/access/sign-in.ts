/** Signing in with a token, and out. The only forms, and they change nothing but the session. */
import type { Clock } from '../../base/clock.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { pageAnswer, redirectAnswer, type Answer } from '../http/answer.ts';
import { formatSessionCookie } from '../http/cookie.ts';
import { parseWayOn } from '../http/parse-way-on.ts';
import { RequestRate } from '../http/request-rate.ts';
import type { Place } from '../pages/format-layout.ts';
import { formatSignIn } from '../pages/format-sign-in.ts';
import { DASHBOARD_LIMITS } from '../settings.ts';
import type { Sessions } from './sessions.ts';
import type { ReviewToken } from './viewer.ts';

const PER_SECOND = DASHBOARD_LIMITS['dashboard.signInsPerSecond'].default;
/** Printable ASCII without spaces: what can be a bearer token. Source: RFC 6750, section 2.1. */
const TOKEN = /^[\x21-\x7e]{1,16384}$/u;

export interface SignInOptions {
  readonly place: Place;
  readonly sessionMs: number;
  readonly sessions: Sessions;
  readonly reviewToken: ReviewToken;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** `isSecure`: whether the browser came over TLS. */
export interface SignInAsk {
  readonly form: URLSearchParams;
  readonly isSecure: boolean;
}

/** One rate for all: guessing tokens, or asking the API server too often, is not possible from here. */
export class SignIn {
  readonly #options: SignInOptions;
  readonly #rate = new RequestRate(PER_SECOND);

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  page(wayOn: string | null): Answer {
    return pageAnswer(formatSignIn({ ...this.#options.place, wayOn: parseWayOn(wayOn) }));
  }

  async enter({ form, isSecure }: SignInAsk): Promise<Answer> {
    const { sessions, reviewToken, sessionMs, clock } = this.#options;
    const wayOn = parseWayOn(form.get('wayOn'));
    const token = (form.get('token') ?? '').trim();
    if (!TOKEN.test(token)) {
      return this.#refuse('rejected', wayOn, 'This is no token: paste what kubectl has printed');
    }
    if (!this.#rate.take(clock.monotonicMs())) {
      return this.#refuse('limited', wayOn, 'Too many sign in at once: try again in some seconds');
    }
    const verdict = await reviewToken(token);
    if (verdict.status === 'unavailable') {
      return this.#refuse('unavailable', wayOn, verdict.reason);
    }
    if (verdict.status === 'rejected') {
      return this.#refuse(
        'rejected',
        wayOn,
        'The API server does not accept this token: make a new one',
      );
    }
    this.#count('accepted');
    const id = sessions.begin(token, verdict.viewer);
    const cookie = formatSessionCookie(id, { isSecure, lifeMs: sessionMs });
    return redirectAnswer(wayOn, { 'set-cookie': cookie });
  }

  leave(id: string | undefined, isSecure: boolean): Answer {
    if (id !== undefined) this.#options.sessions.end(id);
    const cookie = formatSessionCookie('', { isSecure, lifeMs: 0 });
    return redirectAnswer('/sign-in', { 'set-cookie': cookie });
  }

  #refuse(result: keyof typeof STATUSES, wayOn: string, problem: string): Answer {
    this.#count(result);
    const page = formatSignIn({ ...this.#options.place, wayOn, problem });
    const headers: Record<string, string> = result === 'limited' ? { 'retry-after': '2' } : {};
    return pageAnswer(page, { httpStatus: STATUSES[result], headers });
  }

  #count(result: string): void {
    this.#options.metrics.increment('holdfast_dashboard_sign_ins_total', { result });
  }
}

const STATUSES = { limited: 429, rejected: 401, unavailable: 503 } as const;
