/**
 * A PagerDuty that joins by key, fails, and loses answers, with what its people may expect.
 */
import type { AlertTarget, PostAnswer, PostJson } from '../../../src/alerting/alert-target.ts';
import type { AlertTargetSettings } from '../../../src/alerting/settings.ts';
import { createPagerdutyTarget } from '../../../src/alerting/targets/pagerduty/pagerduty-target.ts';
import { drawRoutingKey, FakePagerduty } from '../alerts/fake-pagerduty.ts';
import { IncidentPages, type Accepted } from '../alerts/incident-pages.ts';
import type { Life, Scheduler } from './scheduler.ts';

export interface PagerdutyOptions {
  readonly scheduler: Scheduler;
  readonly settings: Extract<AlertTargetSettings, { readonly type: 'pagerduty' }>;
  /** Whether a message may be repeated after its incident has ended: where the state was lost. */
  readonly mayRepeat: () => boolean;
  readonly hasLostPower: () => boolean;
  /** Whether a message is stored, so that the next process knows of it. */
  readonly isStored: (message: Accepted) => boolean;
  /** Whether the state can always be written: then nothing is sent before it is. */
  readonly isSound: boolean;
  /** Called when it has accepted: a process may die then. */
  readonly moment: (chance: number) => void;
  readonly problem: (text: string) => void;
}

type Plan = 'accept' | 'lose-answer' | 'refuse-connection' | 'fail' | 'limit';
type Mood = 'good' | 'flaky' | 'down';

const MOODS: readonly [Mood, ...Mood[]] = ['good', 'good', 'flaky', 'down'];
const PLANS: Readonly<Record<Mood, readonly [Plan, ...Plan[]]>> = {
  good: ['accept'],
  flaky: ['accept', 'accept', 'lose-answer', 'refuse-connection', 'fail'],
  down: ['refuse-connection', 'fail', 'limit'],
};
const ARRIVAL_MS_MAX = 50;
const ANSWER_MS_MAX = 50;

export class SimulatedPagerduty {
  readonly #options: PagerdutyOptions;
  readonly #service = new FakePagerduty();
  readonly #routingKey = drawRoutingKey();
  readonly #pages: IncidentPages;
  #mood: Mood = 'good';

  constructor(options: PagerdutyOptions) {
    this.#options = options;
    this.#pages = new IncidentPages({
      mayRepeat: options.mayRepeat,
      mayRepeatEnds: options.mayRepeat,
      problem: options.problem,
    });
    this.#service.routingKeys.add(this.#routingKey);
  }

  changeMood(): void {
    this.#mood = this.#options.scheduler.pick(MOODS);
  }

  heal(): void {
    this.#mood = 'good';
  }

  get openCount(): number {
    return this.#pages.openCount;
  }

  get pageCount(): number {
    return this.#pages.count;
  }

  /** How many attempts of one actor the resolved incidents have counted. */
  attemptsOf(actor: string): number {
    return this.#pages.attemptsOf(actor);
  }

  /** The target of one process, which dies with it. */
  connect(life: Life): AlertTarget {
    const { settings } = this.#options;
    const dependencies = {
      readRoutingKey: () => Promise.resolve({ ok: true, secret: this.#routingKey } as const),
      close: () => undefined,
    };
    const targetOf = (post: PostJson): AlertTarget =>
      createPagerdutyTarget(settings, { ...dependencies, post });
    return {
      ...targetOf(() => Promise.resolve({ status: 'unanswered', reason: '' })),
      send: (message, signal) =>
        targetOf((request, ending) => this.#post(request, { message, life, signal: ending })).send(
          message,
          signal,
        ),
    };
  }

  #post(
    { url, headers, body }: Parameters<PostJson>[0],
    sent: { readonly message: Accepted; readonly life: Life; readonly signal: AbortSignal },
  ): Promise<PostAnswer> {
    const { scheduler, settings } = this.#options;
    const { message, life, signal } = sent;
    const plan = scheduler.pick(PLANS[this.#mood]);
    return new Promise((resolve) => {
      const answer = (delayMs: number, given: PostAnswer): void => {
        scheduler.after(delayMs, { label: 'pagerduty answers', life, run: () => resolve(given) });
      };
      answer(settings.timeoutMs, { status: 'unanswered', reason: 'no answer' });
      signal.addEventListener('abort', () => {
        answer(0, { status: 'unanswered', reason: 'aborted' });
      });
      // What was sent arrives also where its sender has died, but not from a machine without power.
      if (this.#options.hasLostPower()) return;
      this.#checkStored(message);
      scheduler.after(scheduler.between(0, ARRIVAL_MS_MAX), {
        label: `pagerduty ${plan} ${message.kind}`,
        run: () => {
          const delayMs = scheduler.between(0, ANSWER_MS_MAX);
          if (plan === 'refuse-connection') {
            return answer(delayMs, { status: 'unanswered', reason: 'refused' });
          }
          if (plan === 'fail') return answer(delayMs, answered(500));
          if (plan === 'limit') return answer(delayMs, { ...answered(429), retryAfterMs: 2000 });
          const path = `${url.pathname}${url.search}`;
          const { status = 200 } = this.#service.receive({ method: 'POST', path, headers, body });
          if (status === 202) this.#take(message);
          else this.#tell(`it answers ${status} to ${body}`);
          return plan === 'accept' ? answer(delayMs, answered(status)) : undefined;
        },
      });
    });
  }

  /** What a disk that fails does not keep is told all the same, but for an end: it could not be taken back. */
  #checkStored(message: Accepted): void {
    const { isSound, isStored } = this.#options;
    const { kind, key } = message;
    if (isStored(message) || !(isSound || kind === 'resolve')) return;
    this.#tell(`the ${kind} of ${key} is sent, and not stored`);
  }

  #take(message: Accepted): void {
    this.#options.scheduler.note(this.#pages.take(message));
    this.#options.moment(0.03);
  }

  #tell(text: string): void {
    this.#options.problem(`pagerduty: ${text}`);
  }
}

function answered(httpStatus: number) {
  return {
    status: 'answered',
    httpStatus,
    retryAfterMs: undefined,
    text: '',
    excerpt: '',
  } as const;
}
