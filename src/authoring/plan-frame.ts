/** The local variables of one function of a plan, while the plan is executed with places of the input instead of values. */
import type { Operand } from './opa-plan.ts';
import { joinValues, onlyPlaceOf, type PlanValue, readWhole, UNDEFINED } from './plan-values.ts';

/** What was assigned in a part of the function that may end anywhere, or not run at all. */
interface Region {
  readonly assigned: Map<number, PlanValue>;
  readonly assignedOnce: Map<number, PlanValue>;
}

/** The local variables, as far as the execution has come. */
export class PlanFrame {
  #locals = new Map<number, PlanValue>();
  /** What a local may have got that must not get two different values. */
  #once = new Map<number, PlanValue>();
  readonly #aliased = new Set<number>();
  #region: Region = { assigned: new Map(), assignedOnce: new Map() };
  #returned: PlanValue = UNDEFINED;

  get returned(): PlanValue {
    return this.#returned;
  }

  read(local: number): PlanValue {
    return this.#locals.get(local) ?? UNDEFINED;
  }

  assign(local: number, value: PlanValue): void {
    this.#aliased.delete(local);
    this.#set(local, value);
  }

  /**
   * Two different values end the evaluation with an error. They are compared, so that both are read whole, unless both are
   * the same place.
   */
  assignOnce(local: number, value: PlanValue): void {
    const earlier = this.#once.get(local);
    const either = joinValues(earlier ?? UNDEFINED, value);
    if (earlier !== undefined && onlyPlaceOf(either) === undefined) readWhole(either);
    this.#once.set(local, either);
    const { assignedOnce } = this.#region;
    assignedOnce.set(local, joinValues(assignedOnce.get(local) ?? UNDEFINED, value));
    this.assign(local, value);
  }

  /** From here on to the end of the block, nothing was assigned to it. */
  knowUndefined(local: number): void {
    this.#once.delete(local);
  }

  /** It has no value, whatever it had. */
  reset(local: number): void {
    this.knowUndefined(local);
    this.assign(local, UNDEFINED);
  }

  /** Their values have a second name from now on. */
  alias(...locals: readonly (number | Operand)[]): void {
    for (const local of locals) {
      if (typeof local === 'number') this.#aliased.add(local);
      else if (local.type === 'local') this.#aliased.add(local.value);
    }
  }

  /** The array of a local grows. */
  grow(local: number, value: PlanValue): void {
    this.#set(local, value);
  }

  isAliased(local: number): boolean {
    return this.#aliased.has(local);
  }

  return(local: number): void {
    this.#returned = joinValues(this.#returned, this.read(local));
  }

  /**
   * Runs what may end anywhere: afterwards each local has what it had, or anything that was assigned. Answers whether that
   * is more than before.
   */
  enter(run: () => void): boolean {
    const [outer, locals, once] = [this.#region, new Map(this.#locals), new Map(this.#once)];
    const region: Region = { assigned: new Map(), assignedOnce: new Map() };
    this.#region = region;
    run();
    this.#region = outer;
    this.#locals = locals;
    this.#once = once;
    addAll(outer.assigned, region.assigned);
    addAll(outer.assignedOnce, region.assignedOnce);
    const isMore = addAll(locals, region.assigned);
    return addAll(once, region.assignedOnce) || isMore;
  }

  #set(local: number, value: PlanValue): void {
    this.#locals.set(local, value);
    const { assigned } = this.#region;
    assigned.set(local, joinValues(assigned.get(local) ?? UNDEFINED, value));
  }
}

function addAll(target: Map<number, PlanValue>, added: ReadonlyMap<number, PlanValue>): boolean {
  let isMore = false;
  for (const [local, value] of added) {
    const known = target.get(local);
    const joined = joinValues(known ?? UNDEFINED, value);
    if (known !== undefined && joined === known) continue;
    target.set(local, joined);
    isMore = true;
  }
  return isMore;
}
