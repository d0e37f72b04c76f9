// A discrete-event simulation. What happens in it is a generator that yields what it waits for.

/** Begins to wait; calls `resume` once, when it is over. */
export type Wait = (resume: () => void) => void;
export type Activity = Generator<Wait, void, void>;

/** The clock, and what is to happen when. */
export class Simulation {
  nowMs = 0;
  readonly #events = new Heap();

  after(delayMs: number, run: () => void): void {
    this.#events.push(this.nowMs + delayMs, run);
  }

  sleep(ms: number): Wait {
    return (resume) => this.after(ms, resume);
  }

  start(activity: Activity, whenDone: () => void = () => {}): void {
    const step = () => {
      const { done, value } = activity.next();
      if (done) whenDone();
      else value(step);
    };
    step();
  }

  /** Waits for all. */
  all(activities: readonly Activity[]): Wait {
    return (resume) => {
      let open = activities.length;
      for (const activity of activities) {
        this.start(activity, () => {
          open -= 1;
          if (open === 0) resume();
        });
      }
    };
  }

  /** Runs until nothing is to happen any more, or until then. */
  run(untilMs = Number.POSITIVE_INFINITY): void {
    for (let next = this.#events.pop(untilMs); next !== null; next = this.#events.pop(untilMs)) {
      this.nowMs = next.key;
      next.run();
    }
  }
}

/** Cores that all busy threads share alike. A thread uses one core at most, and does one thing after the other. */
export class Machine {
  readonly #simulation: Simulation;
  readonly #cores: number;
  /** What each thread does now, by the service at which it ends. */
  readonly #ends = new Heap();
  #busy = 0;
  /** CPU that a thread has had that was busy all the time, in milliseconds. */
  #service = 0;
  #changedAtMs = 0;
  #plan = 0;
  usedMs = 0;

  constructor(simulation: Simulation, cores: number) {
    this.#simulation = simulation;
    this.#cores = cores;
  }

  thread(): Thread {
    return new Thread(this);
  }

  /** For `Thread`. */
  begin(cpuMs: number, whenDone: () => void): void {
    this.#advance();
    this.#busy += 1;
    this.usedMs += cpuMs;
    this.#ends.push(this.#service + cpuMs, whenDone);
    this.#planNext();
  }

  get #speed(): number {
    return Math.min(1, this.#cores / this.#busy);
  }

  #advance(): void {
    if (this.#busy > 0) this.#service += (this.#simulation.nowMs - this.#changedAtMs) * this.#speed;
    this.#changedAtMs = this.#simulation.nowMs;
  }

  #planNext(): void {
    this.#plan += 1;
    const plan = this.#plan;
    const nextEnd = this.#ends.least;
    if (nextEnd === null) return;
    this.#simulation.after(Math.max(0, nextEnd - this.#service) / this.#speed, () => {
      if (plan !== this.#plan) return;
      this.#advance();
      const ended = this.#ends.pop(Number.POSITIVE_INFINITY);
      this.#busy -= 1;
      this.#planNext();
      ended?.run();
    });
  }
}

/** A process of Node, a backend of PostgreSQL, or Redis. */
export class Thread {
  readonly #machine: Machine;
  readonly #turn = new Slots(1);
  usedMs = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  work(cpuUs: number): Wait {
    this.usedMs += cpuUs / 1_000;
    return (resume) =>
      this.#turn.take()(() =>
        this.#machine.begin(cpuUs / 1_000, () => {
          this.#turn.free();
          resume();
        }),
      );
  }
}

/** Connections of a pool, slots of workers, or the lock of a row. The lowest turn is served first, then first come. */
export class Slots {
  #open: number;
  readonly #waiting: Array<{ turn: number; resume: () => void }> = [];

  constructor(count: number) {
    this.#open = count;
  }

  get isWanted(): boolean {
    return this.#waiting.length > 0;
  }

  take(turn = 0): Wait {
    return (resume) => {
      if (this.#open > 0) {
        this.#open -= 1;
        resume();
        return;
      }
      const after = this.#waiting.findLastIndex((other) => other.turn <= turn);
      this.#waiting.splice(after + 1, 0, { turn, resume });
    };
  }

  free(): void {
    const next = this.#waiting.shift();
    if (next) next.resume();
    else this.#open += 1;
  }
}

/** The disk of the WAL: one flush at a time, for all commits that waited when it began. */
export class Disk {
  readonly #simulation: Simulation;
  readonly #flushMs: number;
  #waiting: Array<() => void> = [];
  #isBusy = false;

  constructor(simulation: Simulation, flushMs: number) {
    this.#simulation = simulation;
    this.#flushMs = flushMs;
  }

  flush(): Wait {
    return (resume) => {
      this.#waiting.push(resume);
      if (!this.#isBusy) this.#begin();
    };
  }

  #begin(): void {
    const committed = this.#waiting;
    this.#waiting = [];
    this.#isBusy = true;
    this.#simulation.after(this.#flushMs, () => {
      this.#isBusy = false;
      if (this.#waiting.length > 0) this.#begin();
      for (const resume of committed) resume();
    });
  }
}

interface Entry {
  key: number;
  run: () => void;
}

/** The least key first. */
class Heap {
  readonly #entries: Entry[] = [];

  get least(): number | null {
    return this.#entries[0]?.key ?? null;
  }

  push(key: number, run: () => void): void {
    const entries = this.#entries;
    let at = entries.length;
    for (let parent = (at - 1) >> 1; at > 0 && entries[parent]!.key > key; parent = (at - 1) >> 1) {
      entries[at] = entries[parent]!;
      at = parent;
    }
    entries[at] = { key, run };
  }

  /** null: there is none up to this key. */
  pop(upTo: number): Entry | null {
    const entries = this.#entries;
    const [first] = entries;
    if (first === undefined || first.key > upTo) return null;
    const last = entries.pop()!;
    let at = 0;
    for (let child = 1; child < entries.length; child = 2 * at + 1) {
      if (child + 1 < entries.length && entries[child + 1]!.key < entries[child]!.key) child += 1;
      if (entries[child]!.key >= last.key) break;
      entries[at] = entries[child]!;
      at = child;
    }
    if (entries.length > 0) entries[at] = last;
    return first;
  }
}
