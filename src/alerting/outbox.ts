/** The persistent outbox: one ordered queue of messages per target. */
import type { Message } from './incident.ts';
import { planOverflow, planQueueing } from './plan-dispatch.ts';
import type { StateChanges } from './incident-state.ts';

export interface OutboxOptions {
  readonly lengthMaxOf: (target: string) => number;
  /** Called for each message that was dropped because the queue was full. */
  readonly onDropped: (message: Message) => void;
}

const ID_DIGITS = 16;

/** The queues of all targets. */
export class Outbox {
  readonly #queues = new Map<string, Message[]>();
  readonly #inFlight = new Set<string>();
  readonly #changes: StateChanges;
  readonly #settings: OutboxOptions;
  #lastId = 0;

  constructor(changes: StateChanges, settings: OutboxOptions, remembered: readonly Message[]) {
    this.#changes = changes;
    this.#settings = settings;
    for (const message of remembered) {
      this.#queue(message.target).push(message);
      this.#lastId = Math.max(this.#lastId, Number(message.id));
    }
  }

  add(message: Omit<Message, 'id' | 'attempts'>): void {
    this.#lastId += 1;
    const id = String(this.#lastId).padStart(ID_DIGITS, '0');
    const { added, removed } = planQueueing(this.waitingFor(message.target), {
      ...message,
      id,
      attempts: 0,
    });
    for (const one of removed) this.remove(one);
    this.#put(added);
    const lengthMax = this.#settings.lengthMaxOf(message.target);
    for (const one of planOverflow(this.waitingFor(message.target), lengthMax)) {
      this.remove(one);
      this.#settings.onDropped(one);
    }
  }

  /** In the order of sending, without messages in flight. */
  waitingFor(target: string): readonly Message[] {
    return this.#queue(target).filter(({ id }) => !this.#inFlight.has(id));
  }

  lengthOf(target: string): number {
    return this.#queue(target).length;
  }

  /** Keys of causes whose first notification is still queued. */
  awaitedKeys(): ReadonlySet<string> {
    const messages = [...this.#queues.values()].flat();
    return new Set(
      messages.filter(({ decidedAtMs }) => decidedAtMs !== undefined).map(({ key }) => key),
    );
  }

  begin({ id }: Message): void {
    this.#inFlight.add(id);
  }

  /** Schedules a retry, not before the time. */
  postpone(message: Message, dueAtMs: number): void {
    this.#inFlight.delete(message.id);
    this.#put({ ...message, attempts: message.attempts + 1, dueAtMs });
  }

  /** The sender aborted it; it is queued unchanged. */
  release({ id }: Message): void {
    this.#inFlight.delete(id);
  }

  remove({ id, target }: Message): void {
    this.#inFlight.delete(id);
    this.#queues.set(
      target,
      this.#queue(target).filter((one) => one.id !== id),
    );
    this.#changes.remove(`message/${id}`);
  }

  /** Removes all queued messages of an incident. */
  removeKey(key: string): void {
    const messages = [...this.#queues.values()].flat().filter((message) => message.key === key);
    for (const message of messages) {
      if (!this.#inFlight.has(message.id)) this.remove(message);
    }
  }

  #put(message: Message): void {
    const queue = this.#queue(message.target);
    const index = queue.findIndex(({ id }) => id === message.id);
    if (index === -1) queue.push(message);
    else queue[index] = message;
    this.#changes.set(`message/${message.id}`, message);
  }

  #queue(target: string): Message[] {
    const known = this.#queues.get(target) ?? [];
    this.#queues.set(target, known);
    return known;
  }
}
